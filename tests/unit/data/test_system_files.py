"""What the system says of itself looks like files, and reading it may never end: it is passed by."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from studio.data import sources
from studio.data.load import load
from studio.data.peek import peek
from studio.data.reading import UnreadableError, open_regular, read_start
from studio.data.sources import SYSTEM, find
from studio.data.spec import DatasetSpec, Preprocess
from studio.errors import Cancelled, DataError
from tests.unit.data.files import write_pictures

SEEN = Preprocess(height=4, width=4)


@pytest.fixture
def system(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "proc"
    write_pictures(folder / "1", 3)
    monkeypatch.setattr(sources, "SYSTEM_FOLDERS", (folder,))
    return folder


def test_folders_of_the_system_are_not_entered(system: Path, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=SYSTEM):
        load(DatasetSpec((str(system / "1"),)), SEEN)
    write_pictures(tmp_path / "mine", 3)
    (tmp_path / "mine" / "link").symlink_to(system, target_is_directory=True)
    images = load(DatasetSpec((str(tmp_path / "mine"),)), SEEN)
    assert len(images) == 3
    assert [verdict.reason for verdict in images.skipped] == [SYSTEM]


def test_a_file_that_says_it_is_empty_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "kmsg").touch()
    monkeypatch.setattr(os, "read", lambda *_: pytest.fail("was read"))
    with pytest.raises(UnreadableError, match="empty"):
        read_start(tmp_path / "kmsg", 8)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes in folders on this system")
def test_a_pipe_is_not_read_by_any_door(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.png")
    with pytest.raises(UnreadableError, match="not a regular file"):
        open_regular(tmp_path / "pipe.png")
    spec = DatasetSpec((str(tmp_path),))
    assert [verdict.reason for verdict in find(spec).verdicts] == ["not a regular file"]
    assert peek(spec).pictures == 0


def test_looking_ends_when_it_is_cancelled(tmp_path: Path) -> None:
    write_pictures(tmp_path, 30)
    asked = iter([False] * 40 + [True] * 100)
    with pytest.raises(Cancelled):
        peek(DatasetSpec((str(tmp_path),)), lambda: next(asked))
