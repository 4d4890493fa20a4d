"""The N-th call to the system fails while a file is read, N = 1, 2, ...: a network share that goes away."""

from __future__ import annotations

import contextlib
import errno
import io
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

import pytest

from studio.data import idx, reading, streamed
from studio.data.load import load
from studio.data.peek import peek
from studio.data.picture import read_picture, read_png_text
from studio.data.spec import DatasetSpec, Preprocess
from studio.errors import StudioError
from tests.unit.data.files import noise, write_idx
from tests.unit.data.test_hostile import GOOD, SEEN

MOST = 60  # calls of any reader


class Share:
    """Counts calls and fails one, and all after it: nothing comes back by itself."""

    def __init__(self, until: int) -> None:
        self.calls, self._until = 0, until

    def call(self) -> None:
        self.calls += 1
        if self.calls >= self._until:
            raise OSError(errno.ESTALE, "Stale file handle")

    @property
    def failed(self) -> bool:
        return self.calls >= self._until


class Remote(io.BufferedReader):
    """A file on a share."""

    share: Share

    def read(self, size: int | None = -1, /) -> bytes:
        self.share.call()
        return super().read(size)

    def readinto(self, buffer: Any, /) -> int:
        self.share.call()
        return super().readinto(buffer)

    def seek(self, target: int, whence: int = 0, /) -> int:
        self.share.call()
        return super().seek(target, whence)


def mount(share: Share, monkeypatch: pytest.MonkeyPatch) -> None:
    fstat, opened = os.fstat, os.open

    def remote(descriptor: int, _mode: str) -> BinaryIO:
        file = Remote(io.FileIO(descriptor, "rb"))
        file.share = share
        return file

    class System:
        """What the reader sees of the system; all else in the process goes on as ever."""

        O_RDONLY = os.O_RDONLY
        close = staticmethod(os.close)
        fdopen = staticmethod(remote)

        @staticmethod
        def open(path: Path, flags: int) -> int:
            share.call()
            return opened(path, flags)

        @staticmethod
        def fstat(descriptor: int) -> os.stat_result:
            share.call()
            return fstat(descriptor)

    monkeypatch.setattr(reading, "os", System)
    monkeypatch.setattr(streamed, "os", System)


DOORS: dict[str, Callable[[Path], object]] = {
    "load": lambda path: load(DatasetSpec((str(path),)), SEEN),
    "peek": lambda path: peek(DatasetSpec((str(path),))),
    "read_picture": lambda path: read_picture(path, SEEN),
    "read_png_text": read_png_text,
}


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("kind", sorted(GOOD))
def test_any_call_may_fail(kind: str, door: str, tmp_path: Path) -> None:
    path = tmp_path / (f"train-{kind}" if kind.startswith("idx") else f"a.{kind}")
    path.write_bytes(GOOD[kind])
    for until in range(1, MOST):
        share = Share(until)
        with pytest.MonkeyPatch.context() as patch:
            mount(share, patch)
            with contextlib.suppress(StudioError):
                DOORS[door](path)
        if not share.failed:
            return
    pytest.fail(f"A small file was read by {MOST} calls.")


@pytest.mark.parametrize("kind", ["png", "jpeg", "tiff"])
def test_any_call_may_fail_of_a_large_picture_too(kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / f"a.{kind}"
    path.write_bytes(GOOD[kind])
    monkeypatch.setattr(streamed, "WHOLE", 0)
    sound = read_picture(path, SEEN)
    for until in range(1, 10 * MOST):
        share = Share(until)
        with pytest.MonkeyPatch.context() as patch:
            mount(share, patch)
            try:
                read = read_picture(path, SEEN)
            except StudioError:
                continue
        assert (read == sound).all()
        if not share.failed:
            return
    pytest.fail("A small file was read by too many calls.")


def test_a_file_that_grows_while_it_is_read_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(GOOD["png"])

    class Growing(Remote):
        def read(self, size: int | None = -1, /) -> bytes:
            with path.open("ab") as other:
                other.write(b"more")
            return super().read(size)

    def opened(name: Path) -> BinaryIO:
        file = Growing(io.FileIO(name, "rb"))
        file.share = Share(MOST)
        return file

    monkeypatch.setattr(reading, "open_regular", opened)
    with pytest.raises(reading.UnreadableError, match="changed while it was read"):
        reading.read_bytes(path)


def test_a_folder_that_goes_away_between_finding_and_reading(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "share"
    folder.mkdir()
    for number in range(3):
        (folder / f"{number}.png").write_bytes(GOOD["png"])
        write_idx(folder / f"{number}-images-idx3-ubyte", noise(3))
    real, left = reading.open_regular, [0]

    def opened(path: Path) -> BinaryIO:
        left[0] -= 1
        if left[0] < 0:
            raise reading.UnreadableError("the file does not exist")
        return real(path)

    monkeypatch.setattr(reading, "open_regular", opened)
    monkeypatch.setattr(idx, "open_regular", opened)
    outcomes = set()
    for opens in range(40):
        left[0] = opens
        try:
            outcomes.add(len(load(DatasetSpec((str(folder),)), Preprocess(height=4, width=4))))
        except StudioError:
            outcomes.add(0)
    assert {0, 12} <= outcomes
