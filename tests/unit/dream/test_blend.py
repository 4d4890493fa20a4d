"""Where a dream leans: shares that sum to one, maps as seamless as their canvas, pictures as maps."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from studio.dream.blend import MapReader, drawn, lean_of, shares
from studio.dream.settings import Blend, DreamSettings, Seamless
from studio.errors import DataError, SettingsError

SIZE = (40, 60)
MAPS = (Blend.ACROSS, Blend.DOWN, Blend.CENTRE)


@pytest.mark.parametrize(
    ("place", "wanted"),
    [(0, (1, 0, 0)), (0.25, (0.75, 0.25, 0)), (1, (0, 1, 0)), (1.5, (0, 0.5, 0.5)), (2, (0, 0, 1)), (9, (0, 0, 1))],
)
def test_a_place_lies_between_two_textures(place: float, wanted: tuple[float, ...]) -> None:
    found = lean_of(DreamSettings(lean=place), 3, SIZE, (True, True), MapReader())
    assert found is not None
    assert found.tolist() == list(wanted)


def test_shares_are_never_negative_and_sum_to_one() -> None:
    places = np.random.default_rng(0).uniform(-1, 5, (30, 20))
    found = shares(places, 4)
    assert found.shape == (4, 30, 20)
    assert (found >= 0).all()
    assert np.allclose(found.sum(0), 1, atol=1e-6)
    assert np.allclose((found * np.arange(4)[:, None, None]).sum(0), places.clip(0, 3), atol=1e-5)


def test_a_model_of_one_texture_has_no_lean() -> None:
    assert lean_of(DreamSettings(lean=0.5, blend=Blend.ACROSS), 1, SIZE, (True, True), MapReader()) is None


@pytest.mark.parametrize("seamless", list(Seamless))
@pytest.mark.parametrize("blend", MAPS)
def test_maps_go_from_the_first_to_the_last_and_meet_themselves(blend: Blend, seamless: Seamless) -> None:
    found = drawn(blend, SIZE, seamless.wrap((True, True)))
    assert found.shape == SIZE
    assert found.dtype == np.float32
    assert found.min() < 0.02
    assert found.max() > 0.98
    for axis, meets in enumerate(seamless.wrap((True, True))):
        inside = np.abs(np.diff(found, axis=axis)).max()
        seam = np.abs(np.take(found, 0, axis) - np.take(found, -1, axis)).max()
        if meets:
            assert seam <= inside + 1e-6
        elif (blend, axis) in ((Blend.ACROSS, 1), (Blend.DOWN, 0)):
            assert seam > 0.98  # from one side to the other, not back


def test_across_is_the_same_down_each_column_and_the_disc_is_round() -> None:
    assert np.ptp(drawn(Blend.ACROSS, SIZE, (True, True)), axis=0).max() == 0
    assert np.ptp(drawn(Blend.DOWN, SIZE, (True, True)), axis=1).max() == 0
    disc = drawn(Blend.CENTRE, (41, 61), (True, True))
    assert np.array_equal(disc, disc[::-1])
    assert np.allclose(disc[20, 20:41], disc[10:31, 30])
    assert disc[20, 30] == 1


def test_black_is_the_first_and_white_the_last(tmp_path: Path) -> None:
    path = tmp_path / "map.png"
    Image.fromarray(np.repeat(np.array([[0, 255]], np.uint8), 30, axis=1).repeat(20, axis=0)).save(path)
    settings = DreamSettings(blend=Blend.PICTURE, blend_picture=str(path))
    found = lean_of(settings, 3, SIZE, (True, True), MapReader())
    assert found is not None
    assert found.shape == (3, *SIZE)
    assert np.allclose(found[:, 5, 5], (1, 0, 0))
    assert np.allclose(found[:, 5, 55], (0, 0, 1))


def test_a_map_that_was_read_outlives_its_file(tmp_path: Path) -> None:
    path, reader = tmp_path / "map.png", MapReader()
    Image.fromarray(np.full((9, 9), 51, np.uint8)).save(path)
    assert reader.read(str(path))[0, 0] == pytest.approx(0.2)
    path.unlink()
    assert reader.read(str(path)).shape == (9, 9)
    with pytest.raises(DataError, match="cannot be used"):
        reader.read(str(tmp_path / "other.png"))


def test_what_is_no_picture_is_refused(tmp_path: Path) -> None:
    (tmp_path / "notes.png").write_text("notes")
    with pytest.raises(DataError, match="cannot be used"):
        MapReader().read(str(tmp_path / "notes.png"))
    with pytest.raises(SettingsError, match="no picture yet"):
        DreamSettings(blend=Blend.PICTURE)
    with pytest.raises(SettingsError, match="across, down, centre"):
        DreamSettings(blend="diagonal")  # type: ignore[arg-type]  # a value from a file
