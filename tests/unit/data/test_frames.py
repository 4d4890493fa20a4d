"""Films: animations with all their frames, one palette, loops, sprite sheets, numbered files, and what goes wrong."""

from __future__ import annotations

import errno
import os
import sys
from pathlib import Path

import numpy as np
import pytest
import tifffile
from numpy.typing import NDArray
from PIL import Image, ImageSequence

from studio import atomic
from studio.data import video
from studio.data.frames import Film, check_frames, named, sprites, write_film
from studio.data.gif import gif
from studio.data.loop import closed, loop_step
from studio.data.still import read_still_text
from studio.errors import Cancelled, StudioError

TEXT = {"harmonium": '{"format": 1}'}


def frames(count: int = 5, channels: int = 3, deep: bool = False) -> NDArray[np.uint8] | NDArray[np.uint16]:
    values = np.random.default_rng(0).random((count, 6, 8, channels), np.float32)
    if deep:
        return np.rint(65535 * values).astype(np.uint16)
    return np.rint(255 * values).astype(np.uint8)


def film(found: NDArray[np.uint8] | NDArray[np.uint16], **options: int) -> Film:
    return Film(found, text=TEXT, texts=lambda _number: TEXT, across=options.get("across", 0))


def palettes(content: bytes) -> tuple[bool, list[bool]]:
    """Return whether a GIF has a palette for all, and for each of its images whether it brings one of its own."""
    place, found = 13 + (3 * (2 << (content[10] & 7)) if content[10] & 0x80 else 0), []
    while content[place] != 0x3B:
        if content[place] == 0x21:
            place += 2
        else:
            assert content[place] == 0x2C
            found.append(bool(content[place + 9] & 0x80))
            place += 11
        while content[place]:
            place += content[place] + 1
        place += 1
    return bool(content[10] & 0x80), found


def test_a_gif_lasts_as_long_as_its_film(tmp_path: Path) -> None:
    write_film(tmp_path / "a.gif", Film(frames(30), per_second=30))
    with Image.open(tmp_path / "a.gif") as image:
        shown = [one.info["duration"] for one in ImageSequence.Iterator(image)]
    assert sum(shown) == 1000
    assert set(shown) == {30, 40}


@pytest.mark.parametrize("channels", [1, 3])
def test_a_gif_has_one_palette_and_all_frames_also_those_alike(tmp_path: Path, channels: int) -> None:
    moving = frames(channels=channels)
    moving[2] = moving[1]
    write_film(tmp_path / "a.gif", Film(moving, per_second=30, text=TEXT))
    content = (tmp_path / "a.gif").read_bytes()
    assert palettes(content) == (True, [False] * 5)
    with Image.open(tmp_path / "a.gif") as image:
        assert (image.n_frames, image.info["loop"]) == (5, 0)  # type: ignore[attr-defined]  # GIFs have frames
        assert image.info["comment"] == b'{"harmonium": "{\\"format\\": 1}"}'
        shown = [one.info["duration"] for one in ImageSequence.Iterator(image)]
        found = [np.asarray(one.convert("RGB")) for one in ImageSequence.Iterator(image)]
    assert shown == [30, 40, 30, 30, 40]
    if channels == 1:
        assert np.array_equal(np.stack(found), np.repeat(moving, 3, axis=3))
    else:  # 240 colours at most fit one palette exactly
        assert np.array_equal(np.stack(found), moving)


def test_many_colours_share_a_palette_that_is_near_all(tmp_path: Path) -> None:
    ramp = np.linspace(0, 255, 64, dtype=np.uint8)
    moving = np.zeros((3, 64, 64, 3), np.uint8)
    moving[..., 0], moving[..., 1] = ramp[:, None], ramp
    (tmp_path / "a.gif").write_bytes(gif(moving, [40] * 3))
    with Image.open(tmp_path / "a.gif") as image:
        found = np.stack([np.asarray(one.convert("RGB"), int) for one in ImageSequence.Iterator(image)])
    assert np.abs(found - moving).mean() < 4  # of 255
    used = {tuple(colour) for colour in found.reshape(-1, 3)}
    assert len(used) <= 256


@pytest.mark.parametrize("suffix", [".apng", ".webp"])
def test_other_animations_have_all_frames_and_the_recipe(tmp_path: Path, suffix: str) -> None:
    told = write_film(tmp_path / f"a{suffix}", film(frames()))
    assert told.words == "5 frames of 8 x 6 px, 0.2 s"
    with Image.open(tmp_path / f"a{suffix}") as image:
        assert image.n_frames == 5  # type: ignore[attr-defined]  # animations have frames
        found = np.stack([np.asarray(one.convert("RGB")) for one in ImageSequence.Iterator(image)])
        said = image.info["harmonium"] if suffix == ".apng" else image.getexif()[0x010E]
    assert "format" in said
    if suffix == ".apng":
        assert np.array_equal(found, frames())


@pytest.mark.parametrize("deep", [False, True])
def test_sprites_lie_in_rows_without_gaps(tmp_path: Path, deep: bool) -> None:
    cells = frames(5, deep=deep)
    told = write_film(tmp_path / "a.tif", film(cells, across=3))
    assert told.words == "5 frames of 8 x 6 px, 3 across and 2 down without gaps"
    found = tifffile.imread(tmp_path / "a.tif")
    assert found.shape == (12, 24, 3)
    assert found.dtype == cells.dtype
    assert np.array_equal(found[6:, 8:16], cells[4])
    assert not found[6:, 16:].any()
    assert np.array_equal(sprites(cells, 3), found)


def test_numbered_files_take_their_numbers_and_kind_from_the_name(tmp_path: Path) -> None:
    cells = frames(3, channels=1, deep=True)
    write_film(tmp_path / "wall-%03d.tif", film(cells))
    assert sorted(path.name for path in tmp_path.iterdir()) == [f"wall-00{number}.tif" for number in (1, 2, 3)]
    assert np.array_equal(tifffile.imread(tmp_path / "wall-002.tif"), cells[1, ..., 0])
    write_film(tmp_path / "folder", film(cells))
    assert [path.name for path in sorted((tmp_path / "folder").iterdir())] == ["0001.png", "0002.png", "0003.png"]
    with Image.open(tmp_path / "folder" / "0003.png") as image:
        assert np.array_equal(np.asarray(image), cells[2, ..., 0])
        assert image.info["harmonium"] == TEXT["harmonium"]
    assert named(Path("a-%d.png"), 12, 20).name == "a-12.png"


class FullAfter:
    """A disk with room for so many files."""

    def __init__(self, files: int, number: int = errno.ENOSPC) -> None:
        self.left, self.number = files, number
        self._real = atomic.write_through

    def __call__(self, temporary: Path, data: bytes | memoryview, mode: int | None) -> None:
        self.left -= 1
        if self.left < 0:
            raise OSError(self.number, os.strerror(self.number))
        self._real(temporary, data, mode)


def test_a_full_disk_in_mid_sequence_keeps_and_names_what_was_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(atomic, "write_through", FullAfter(2))
    with pytest.raises(StudioError) as caught:
        write_film(tmp_path / "way", film(frames()))
    assert caught.value.message.startswith("0003.png cannot be saved: the disk is full")
    assert "2 of 5 files are written and kept: 0001.png to 0002.png, in " in caught.value.message
    assert "Free some space" in caught.value.hint
    assert sorted(path.name for path in (tmp_path / "way").iterdir()) == ["0001.png", "0002.png"]


def test_a_folder_that_vanishes_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(atomic, "write_through", FullAfter(0, errno.ENOENT))
    with pytest.raises(StudioError, match="cannot be saved: there is no folder"):
        write_film(tmp_path / "way", film(frames()))
    with pytest.raises(StudioError, match="there is no folder"):
        check_frames(tmp_path / "none" / "a.gif")


@pytest.mark.parametrize("suffix", ["gif", "apng", "webp", "png"])
def test_a_full_disk_leaves_the_old_animation(tmp_path: Path, suffix: str, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / f"a.{suffix}"
    path.write_bytes(b"old")
    monkeypatch.setattr(atomic, "write_through", FullAfter(0))
    with pytest.raises(StudioError, match="the disk is full"):
        write_film(path, film(frames()))
    assert path.read_bytes() == b"old"


@pytest.mark.parametrize("suffix", ["gif", "apng", "webp", "mp4"])
def test_a_film_that_is_cancelled_while_it_is_packed_leaves_the_old_one(
    tmp_path: Path, suffix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = stand_in(tmp_path)
    monkeypatch.setattr(video, "ffmpeg", lambda: program)
    monkeypatch.setattr("studio.data.frames.ffmpeg", lambda: program)
    path = tmp_path / f"a.{suffix}"
    path.write_bytes(b"old")

    def tell(done: int, total: int) -> None:
        assert total == 5
        if done == 2:
            raise Cancelled

    with pytest.raises(Cancelled):
        write_film(path, film(frames()), tell)
    assert path.read_bytes() == b"old"
    assert list(tmp_path.glob(".harmonium-*")) == []


def test_what_cannot_be_written_is_said_before(tmp_path: Path) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "0001.png").write_text("")
    (tmp_path / "file").write_text("")
    (tmp_path / "old-0007.png").write_text("")
    (tmp_path / "new-7x.png").write_text("")
    check_frames(tmp_path / "new-%04d.png")
    for name, bits, said in (
        ("old-%04d.png", 8, "old-0007.png is there already"),
        ("a.avi", 8, "should end in .gif, .apng"),
        ("a-%04d.gif", 8, "should end in .png"),
        ("a.gif", 16, "cannot keep 16 bits"),
        ("a-%04d.jpg", 16, "cannot keep 16 bits"),
        ("full", 8, "is not empty"),
        ("file", 8, "is a file, not a folder"),
    ):
        with pytest.raises(StudioError, match=said) as caught:
            check_frames(tmp_path / name, bits)
        assert caught.value.hint


def test_a_loop_is_closed_by_what_came_after_it() -> None:
    ramp = np.arange(10, dtype=np.uint16)[:, None, None, None] * np.full((1, 4, 4, 1), 4096, np.uint16)
    assert loop_step(ramp[:8]).turn == pytest.approx(100 * 7 * 4096 / 65535)
    assert loop_step(ramp[:8]).usual == pytest.approx(100 * 4096 / 65535)
    found = closed(ramp, 2)
    assert found.shape == (8, 4, 4, 1)
    assert found[0, 0, 0, 0] == round(8 * 4096 * 2 / 3)
    assert found[1, 0, 0, 0] == round((9 * 4096 + 2 * 4096) / 3)
    assert np.array_equal(found[2:], ramp[2:8])
    noise = np.random.default_rng(1).random((1, 16, 16, 1), np.float32)
    calm = np.concatenate([noise * (0.4 + 0.05 * number) for number in range(12)])
    deep = np.rint(60_000 * calm).astype(np.uint16)
    assert loop_step(closed(deep, 4)).turn < 0.5 * loop_step(deep[:8]).turn


def test_a_film_needs_ffmpeg_and_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "imageio_ffmpeg", None)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(StudioError, match="MP4 films are written by ffmpeg, which is not installed") as caught:
        check_frames(tmp_path / "a.mp4")
    assert "harmonium-studio[video]" in caught.value.hint


SCRIPT = """#!{python}
import sys, pathlib
data = sys.stdin.buffer.read()
words = sys.argv[1:]
if {full}:
    pathlib.Path(words[-1]).write_bytes(data[:10])
    print("av_interleaved_write_frame(): No space left on device", file=sys.stderr)
    sys.exit(1)
pathlib.Path(words[-1]).write_bytes(" ".join(words[:-1]).encode() + b"\\n" + data)
"""


def stand_in(folder: Path, full: bool = False) -> str:
    """Return a program that takes the words and frames that ffmpeg would be given."""
    path = folder / "ffmpeg"
    path.write_text(SCRIPT.format(python=sys.executable, full=full))
    path.chmod(0o755)
    return str(path)


def test_a_film_is_given_every_frame_with_even_sides(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = stand_in(tmp_path)
    monkeypatch.setattr(video, "ffmpeg", lambda: program)
    monkeypatch.setattr("studio.data.frames.ffmpeg", lambda: program)
    odd = frames()[:, :5, :7]
    write_film(tmp_path / "a.mp4", film(odd))
    words, _, data = (tmp_path / "a.mp4").read_bytes().partition(b"\n")
    assert b"-pix_fmt rgb24 -s 8x6 -r 25.000000" in words
    found = np.frombuffer(data, np.uint8).reshape(5, 6, 8, 3)
    assert np.array_equal(found[:, :5, :7], odd)
    assert np.array_equal(found[:, 5, :7], odd[:, 4])
    assert list(tmp_path.glob(".harmonium-*")) == []


def test_a_disk_that_fills_while_filming_leaves_the_old_film(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.mp4").write_bytes(b"old")
    program = stand_in(tmp_path, full=True)
    monkeypatch.setattr(video, "ffmpeg", lambda: program)
    monkeypatch.setattr("studio.data.frames.ffmpeg", lambda: program)
    with pytest.raises(StudioError, match=r"a.mp4 cannot be saved: the disk is full"):
        write_film(tmp_path / "a.mp4", film(frames()))
    assert (tmp_path / "a.mp4").read_bytes() == b"old"
    assert list(tmp_path.glob(".harmonium-*")) == []


@pytest.mark.parametrize("suffix", [".jpg", ".webp"])
def test_a_recipe_that_is_too_long_for_numbered_files_is_left_out_and_said_so(tmp_path: Path, suffix: str) -> None:
    long = {"harmonium": "x" * 70_000}
    filmed = write_film(tmp_path / f"a-%02d{suffix}", Film(frames(2), texts=lambda number: long if number else TEXT))
    assert filmed.words.endswith("as numbered files; the recipe is too long for this kind of file and was left out")
    assert read_still_text(tmp_path / f"a-01{suffix}") == TEXT
    assert read_still_text(tmp_path / f"a-02{suffix}") == {}
