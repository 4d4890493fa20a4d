"""Several pictures in order, as a sheet, as animations, as numbered files."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageSequence

from studio.data import frames as films
from studio.data.sequence import write_sequence
from studio.errors import StudioError


def frames(count: int = 5, channels: int = 3) -> NDArray[np.float32]:
    return np.random.default_rng(0).random((count, 6, 8, channels), np.float32)


def size_of(path: Path) -> tuple[int, int]:
    with Image.open(path) as image:
        return image.size


def test_a_sheet_has_frames_side_by_side(tmp_path: Path) -> None:
    assert write_sequence(tmp_path / "way.png", frames()) == "5 frames of 8 x 6 px in one sheet"
    assert size_of(tmp_path / "way.png") == (5 * 9 + 1, 8)
    write_sequence(tmp_path / "long.png", frames(13))
    assert size_of(tmp_path / "long.png") == (12 * 9 + 1, 2 * 7 + 1)


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("suffix", ["gif", "webp", "apng"])
def test_an_animation_has_all_frames_and_begins_again(tmp_path: Path, suffix: str, channels: int) -> None:
    path = tmp_path / f"way.{suffix}"
    assert write_sequence(path, frames(channels=channels)) == "5 frames of 8 x 6 px, 0.2 s"
    with Image.open(path) as image:
        found = [np.asarray(one.convert("RGB"), np.float32) / 255 for one in ImageSequence.Iterator(image)]
        assert image.info["loop"] == 0
    assert [one.shape for one in found] == [(6, 8, 3)] * 5
    if suffix == "apng":
        assert np.abs(np.stack(found) - frames(channels=channels)).max() < 1 / 255


def test_a_film_has_all_frames(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[tuple[Path, tuple[int, ...], float]] = []
    monkeypatch.setattr(films, "ffmpeg", lambda: "ffmpeg")
    monkeypatch.setattr(films, "write_mp4", lambda path, film, each, _tell: given.append((path, film.shape, each)))
    assert write_sequence(tmp_path / "way.mp4", frames()) == "5 frames of 8 x 6 px, 0.2 s"
    assert given == [(tmp_path / "way.mp4", (5, 6, 8, 3), 40)]


def test_a_folder_has_numbered_files(tmp_path: Path) -> None:
    folder = tmp_path / "way"
    assert write_sequence(folder, frames()) == "5 frames of 8 x 6 px as numbered files"
    assert [path.name for path in sorted(folder.iterdir())] == [f"000{number}.png" for number in range(1, 6)]
    assert np.abs(np.asarray(Image.open(folder / "0004.png")) / 255 - frames()[3]).max() < 1 / 255


def test_a_name_that_counts_has_files_beside_each_other(tmp_path: Path) -> None:
    assert write_sequence(tmp_path / "way-%02d.png", frames()) == "5 frames of 8 x 6 px as numbered files"
    assert sorted(path.name for path in tmp_path.iterdir()) == [f"way-0{number}.png" for number in range(1, 6)]


def test_what_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "0001.png").write_text("")
    refused = {"way.avi": "should end in .gif", "full": "is not empty", "none/way": "there is no folder"}
    for name, said in refused.items():
        with pytest.raises(StudioError, match=said) as caught:
            write_sequence(tmp_path / name, frames())
        assert caught.value.hint
    assert [path.name for path in tmp_path.iterdir()] == ["full"]
