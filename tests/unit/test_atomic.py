"""Saving fails at any system call, or the process dies there, and the file is whole each time."""

from __future__ import annotations

import errno
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from studio.atomic import check_writable, write_atomically
from studio.errors import StudioError

CALLS = ("stat", "open", "write", "fsync", "close", "chmod", "replace")
OLD, NEW = b"old" * 1000, b"new" * 2000


class Killed(BaseException):
    """The process ends here: no later call happens either."""


class FailingCalls:
    """Makes the n-th system call fail; every later one too when `lasting`."""

    def __init__(self, patch: pytest.MonkeyPatch, count: int, failure: BaseException, lasting: bool = False) -> None:
        self.left = count
        self.failure = failure
        self.lasting = lasting
        for name in (*CALLS, "unlink"):
            patch.setattr(os, name, self.wrapped(getattr(os, name)))

    def wrapped(self, call: Callable[..., Any]) -> Callable[..., Any]:
        def counted(*arguments: Any, **options: Any) -> Any:
            self.left -= 1
            if self.left == 0 or (self.lasting and self.left < 0):
                raise self.failure
            return call(*arguments, **options)

        return counted

    @property
    def reached(self) -> bool:
        return self.left <= 0


def attempt(path: Path, count: int, failure: BaseException, lasting: bool) -> tuple[bool, BaseException | None]:
    """Return whether the failure was reached, and what saving raised."""
    path.write_bytes(OLD)
    caught: BaseException | None = None
    with pytest.MonkeyPatch.context() as patch:
        failing = FailingCalls(patch, count, failure, lasting)
        try:
            write_atomically(path, NEW)
        except (StudioError, Killed) as error:
            caught = error
        reached = failing.reached
    return reached, caught


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EIO, errno.EACCES, errno.EROFS])
def test_each_call_fails_in_turn(tmp_path: Path, number: int) -> None:
    path = tmp_path / "a.harmonium"
    failed = 0
    for count in range(1, 100):
        reached, caught = attempt(path, count, OSError(number, os.strerror(number)), lasting=False)
        assert path.read_bytes() == (NEW if caught is None else OLD)
        assert caught is None or isinstance(caught, StudioError)
        failed += caught is not None
        if not reached:
            break
        for left in tmp_path.glob(".harmonium-*"):
            left.unlink()
    else:
        pytest.fail("saving makes more calls than expected")
    assert failed >= 5  # stat, open, write, fsync, close, replace at least


@pytest.mark.parametrize("failure", [Killed(), OSError(errno.EIO, "gone")])
def test_all_calls_fail_from_one_on(tmp_path: Path, failure: BaseException) -> None:
    path = tmp_path / "a.harmonium"
    outcomes = set()
    for count in range(1, 100):
        reached, _ = attempt(path, count, failure, lasting=True)
        outcomes.add(path.read_bytes())
        if not reached:
            break
    assert outcomes == {OLD, NEW}


def test_a_failed_save_leaves_nothing_behind(tmp_path: Path) -> None:
    path = tmp_path / "a.harmonium"
    for count in range(1, 12):
        attempt(path, count, OSError(errno.ENOSPC, "full"), lasting=False)
        assert [item.name for item in tmp_path.iterdir()] == [path.name]


def test_asking_beforehand_says_the_same_and_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a"
    path.write_bytes(OLD)
    check_writable(path)
    check_writable(tmp_path / "new")
    assert list(tmp_path.iterdir()) == [path]
    assert path.read_bytes() == OLD
    with pytest.raises(StudioError, match="there is no folder"):
        check_writable(tmp_path / "gone" / "a")

    def closed(*_: object, **__: object) -> int:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS))

    monkeypatch.setattr(tempfile, "TemporaryFile", closed)
    with pytest.raises(StudioError, match="may not be written"):
        check_writable(path)


def test_short_writes_are_continued(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write = os.write
    monkeypatch.setattr(os, "write", lambda descriptor, data: write(descriptor, data[:7]))
    write_atomically(tmp_path / "a", NEW)
    assert (tmp_path / "a").read_bytes() == NEW


def test_a_full_disk_is_said_in_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "write", full)
    with pytest.raises(StudioError, match="the disk is full"):
        write_atomically(tmp_path / "a", NEW)


def test_a_folder_that_vanished_is_named(tmp_path: Path) -> None:
    with pytest.raises(StudioError, match="there is no folder"):
        write_atomically(tmp_path / "gone" / "a", NEW)


def test_a_file_in_the_folders_place_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(StudioError, match="there is no folder"):
        write_atomically(tmp_path / "file" / "a", NEW)


def test_a_folder_in_the_files_place_is_named(tmp_path: Path) -> None:
    with pytest.raises(StudioError, match="is a folder"):
        write_atomically(tmp_path, NEW)


def test_a_name_that_is_too_long_is_said(tmp_path: Path) -> None:
    with pytest.raises(StudioError, match="too long"):
        write_atomically(tmp_path / ("a" * 300), NEW)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(os.name == "nt", reason="modes of POSIX systems")
class TestModes:
    def test_the_mode_of_the_file_stays(self, tmp_path: Path) -> None:
        path = tmp_path / "a"
        path.write_bytes(OLD)
        for mode in (0o600, 0o664, 0o644):
            path.chmod(mode)
            write_atomically(path, NEW)
            assert path.stat().st_mode & 0o777 == mode

    def test_a_new_file_has_the_mode_any_new_file_has(self, tmp_path: Path) -> None:
        (tmp_path / "other").write_bytes(b"")
        write_atomically(tmp_path / "a", NEW)
        assert (tmp_path / "a").stat().st_mode == (tmp_path / "other").stat().st_mode

    def test_a_write_protected_file_is_left_alone(self, tmp_path: Path) -> None:
        path = tmp_path / "a"
        path.write_bytes(OLD)
        path.chmod(0o444)
        with pytest.raises(StudioError, match="may not be written"):
            write_atomically(path, NEW)
        assert path.read_bytes() == OLD

    def test_a_link_stays_a_link(self, tmp_path: Path) -> None:
        (tmp_path / "real").write_bytes(OLD)
        (tmp_path / "link").symlink_to("real")
        write_atomically(tmp_path / "link", NEW)
        assert (tmp_path / "link").is_symlink()
        assert (tmp_path / "real").read_bytes() == NEW

    @pytest.mark.skipif(hasattr(os, "geteuid") and os.geteuid() == 0, reason="root may write anywhere")
    def test_an_unwritable_folder_is_named(self, tmp_path: Path) -> None:
        tmp_path.chmod(0o555)
        try:
            with pytest.raises(StudioError, match="may not be written"):
                write_atomically(tmp_path / "a", NEW)
        finally:
            tmp_path.chmod(0o755)
