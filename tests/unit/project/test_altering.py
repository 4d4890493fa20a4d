"""An altered copy of a trained model: what it is made of, what is refused, how it is written down."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from studio.data.spec import Colour, DatasetSpec
from studio.errors import DataError, SettingsError, StudioError
from studio.models.altered import UNALTERED, Altered, Fade, FadeWay, Glitch, GlitchKind, Transplant
from studio.models.build import weights_of
from studio.project.altered_record import (
    from_record,
    or_unaltered,
    read_fade,
    read_glitch,
    read_transplant,
    to_record,
    words,
)
from studio.project.altering import OtherProjects, altered, check_fits
from studio.project.archive import read_project
from studio.project.hashing import model_hash
from studio.project.trained import Trained, open_trained
from tests.unit.cli.small_projects import codes_project, conv_project, rbm_project, texture_project

GLITCH = Glitch(GlitchKind.SHUFFLE, 0.5, 3)


@pytest.fixture
def wall(tmp_path: Path) -> Trained:
    return open_trained(read_project(texture_project(tmp_path / "wall.harmonium")), "cpu")


def hash_of(trained: Trained) -> str:
    return model_hash(weights_of(trained.model))


def test_the_trained_model_stays_as_it_is(wall: Trained, tmp_path: Path) -> None:
    other = str(texture_project(tmp_path / "other.harmonium"))
    before = hash_of(wall)
    for value in (
        Altered((GLITCH,)),
        Altered((GLITCH, Transplant(other, (1,), (2,))), Fade(other, 0.5)),
        Altered((GLITCH,), Fade(other, 0.5, FadeWay.ENERGIES)),
    ):
        first, again = (altered(wall, value, OtherProjects().open) for _ in range(2))
        assert hash_of(first.trained) == hash_of(again.trained) != before
        assert hash_of(wall) == before
        assert first.trained.transform is wall.transform


def test_operations_are_applied_in_their_order(wall: Trained) -> None:
    coarse = Glitch(GlitchKind.QUANTISE, 1.0)
    noise = Glitch(GlitchKind.GAIN, 0.5, 1)
    one, other = (altered(wall, Altered(order), OtherProjects().open) for order in ((coarse, noise), (noise, coarse)))
    assert hash_of(one.trained) != hash_of(other.trained)


def test_a_fade_of_nothing_is_none(wall: Trained, tmp_path: Path) -> None:
    other = str(texture_project(tmp_path / "other.harmonium"))
    found = altered(wall, Altered((), Fade(other, 0.0, FadeWay.ENERGIES)), OtherProjects().open)
    assert hash_of(found.trained) == hash_of(wall)
    assert found.places is None


def test_what_does_not_fit_is_refused_in_a_sentence(wall: Trained, tmp_path: Path) -> None:
    others = OtherProjects()
    cases = {
        str(rbm_project(tmp_path / "digits.harmonium")): "holds an RBM, and this model is a texture model",
        str(conv_project(tmp_path / "edges.harmonium")): "holds a convolutional model",
        str(texture_project(tmp_path / "grey.harmonium", Colour.GREY)): "their colour is grey, here it is rgb",
    }
    for path, said in cases.items():
        with pytest.raises(SettingsError, match=said):
            altered(wall, Altered((), Fade(path, 0.5)), others.open)
    with pytest.raises(DataError, match="no project"):
        altered(wall, Altered((), Fade(str(tmp_path / "gone.harmonium"), 0.5)), others.open)


def test_autoencoders_fade_by_weights_alone(tmp_path: Path) -> None:
    path = str(codes_project(tmp_path / "art.harmonium", DatasetSpec()))
    trained = open_trained(read_project(Path(path)), "cpu")
    altered(trained, Altered((), Fade(path, 0.5)), OtherProjects().open)
    with pytest.raises(SettingsError, match="no energy"):
        altered(trained, Altered((), Fade(path, 0.5, FadeWay.ENERGIES)), OtherProjects().open)


@pytest.mark.parametrize("taught", ["vary", "known_weight", "pretrain", "zoom"])
def test_how_an_autoencoder_was_taught_is_no_shape(tmp_path: Path, taught: str) -> None:
    other = read_project(codes_project(tmp_path / "art.harmonium", DatasetSpec()))
    changed = dataclasses.replace(other, recipe=other.recipe.changed(f"model.{taught}", "0.2"))
    assert changed.recipe != other.recipe
    check_fits(other.recipe, changed, "art.harmonium")


def test_another_project_is_read_anew_when_its_file_changes(tmp_path: Path) -> None:
    path = texture_project(tmp_path / "other.harmonium")
    others = OtherProjects()
    first = others.open(str(path))
    assert others.open(str(path)) is first
    texture_project(path, smooth=True)
    import os

    os.utime(path, ns=(1, 1))
    assert others.open(str(path)) is not first


FULL = Altered(
    (GLITCH, Glitch(GlitchKind.FLIPS, 0.25, 1, part=1), Transplant("/a b/x:1.harmonium", (1, 2, 3, 7), (4, 5, 6, 9))),
    Fade("/a b/x:1.harmonium", 0.3, FadeWay.ENERGIES),
)


def test_records_and_words_lead_back() -> None:
    assert from_record(to_record(FULL)) == FULL
    assert to_record(FULL, names_only=True)[2][1] == "x:1.harmonium"
    said = words(FULL)
    readers = {"--glitch": read_glitch, "--transplant": read_transplant, "--fade": read_fade}
    found = [readers[option](value) for option, value in zip(said[::2], said[1::2], strict=True)]
    assert found == [*FULL.operations, FULL.fade]
    assert read_glitch("flips:0.5:2:3,5-7") == Glitch(GlitchKind.FLIPS, 0.5, 2, units=(3, 5, 6, 7))
    assert read_glitch("gain:0.5").seed == 0


@pytest.mark.parametrize(
    "text",
    ["", "melt:1:2", "gain", "gain:x:1", "gain:2:1", "gain:1:1:part", "gain:1:1:7-3", "gain:1:1:1:1", "gain:nan:1"],
)
def test_bad_words_are_refused(text: str) -> None:
    with pytest.raises(SettingsError):
        read_glitch(text)


@pytest.mark.parametrize("text", ["", "b", "b:", ":0.5", "b:2", "b:0.5:sound"])
def test_bad_fades_are_refused(text: str) -> None:
    with pytest.raises(SettingsError):
        read_fade(text)


@given(st.recursive(st.none() | st.integers() | st.text(max_size=9) | st.floats(), st.lists, max_leaves=12))
def test_hostile_records_alter_nothing_or_are_refused(record: object) -> None:
    try:
        from_record(record)
    except StudioError:
        assert or_unaltered(record) == UNALTERED


def test_glitches_of_other_devices_are_drawn_alike(wall: Trained) -> None:
    found = altered(wall, Altered((GLITCH,)), OtherProjects().open)
    assert found.trained.device == wall.device
    assert not any(tensor.requires_grad for tensor in found.trained.model.saved().values())
    assert torch.equal(wall.model.saved()["hidden_bias"], found.trained.model.saved()["hidden_bias"])
