"""Replacing a file so that the old one or the new one is whole, whatever happens in between."""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import stat
import tempfile
import time
from pathlib import Path

from studio.errors import StudioError

FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
CLOSED = {errno.EACCES, errno.EPERM, errno.EROFS}
GONE = {errno.ENOENT, errno.ENOTDIR}


PREFIX, SUFFIX = ".harmonium-", ".tmp"
ABANDONED = 3600.0  # seconds after which nobody writes to a file any more that was begun


def write_atomically(path: Path, data: bytes | memoryview) -> None:
    """Write `data` to `path`: beside it first, flushed to the disk, then renamed over it.

    Raises
    ------
    StudioError
        With a sentence on what stood in the way; the earlier file is unchanged.
    """
    target = Path(os.path.realpath(path))  # a link stays a link
    temporary = target.parent / f"{PREFIX}{secrets.token_hex(6)}{SUFFIX}"
    try:
        mode = mode_of(target)
        try:
            write_through(temporary, data, mode)
            temporary.replace(target)
        except BaseException:
            with contextlib.suppress(OSError):
                temporary.unlink()
            raise
        sync_folder(target.parent)
    except OSError as error:
        raise explained(error, path, len(data)) from error


def sweep(folder: Path) -> None:
    """Remove what writers that were killed have left half written in a folder."""
    with contextlib.suppress(OSError):
        oldest = time.time() - ABANDONED
        for left in folder.glob(f"{PREFIX}*{SUFFIX}"):
            if left.stat().st_mtime < oldest:
                left.unlink()


def check_writable(path: Path) -> None:
    """Raise StudioError if `path` could not be written now: for asking before hours of work, not after."""
    target = Path(os.path.realpath(path))
    try:
        mode_of(target)
        with tempfile.TemporaryFile(dir=target.parent, prefix=PREFIX):
            pass
    except OSError as error:
        raise explained(error, path, 0) from error


def mode_of(target: Path) -> int | None:
    """Return the permissions of the file to be replaced, or None where there is none."""
    try:
        status = target.stat()
    except FileNotFoundError:
        return None
    if stat.S_ISDIR(status.st_mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(target))
    if not stat.S_IWUSR & status.st_mode:
        raise PermissionError(errno.EACCES, "write-protected", str(target))
    return stat.S_IMODE(status.st_mode)


def write_through(temporary: Path, data: bytes | memoryview, mode: int | None) -> None:
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
    descriptor = os.open(temporary, flags, 0o666 if mode is None else mode)
    try:
        rest = memoryview(data)
        while rest:
            written = os.write(descriptor, rest[: 1 << 24])
            rest = rest[written:]
        os.fsync(descriptor)
    except BaseException:
        with contextlib.suppress(OSError):
            os.close(descriptor)
        raise
    os.close(descriptor)  # its failure counts: network disks report a full disk only here
    if mode is not None:
        # The umask may have taken bits from a mode that was never wider than the old one; disks without modes refuse.
        with contextlib.suppress(OSError):
            temporary.chmod(mode)


def sync_folder(folder: Path) -> None:
    """Flush the rename itself."""
    if os.name == "nt":
        return
    # The new file is whole and in place: a folder that cannot be flushed is no reason to say it cannot be saved.
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY | getattr(os, "O_DIRECTORY", 0))
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def explained(error: OSError, path: Path, size: int) -> StudioError:
    """Return the sentence for what the operating system refused."""
    folder = path.parent
    if error.errno in FULL:
        needed = f" ({size / 1e6:.1f} MB are needed)" if size else ""
        return StudioError(
            f"{path.name} cannot be saved: the disk is full{needed}.",
            "Free some space or save to another disk; an earlier version of the file is unchanged.",
        )
    if error.errno == errno.EISDIR:
        return StudioError(f"{path} is a folder.", "Give the name of a file.")
    if error.errno in CLOSED and path.exists():
        return StudioError(
            f"{path.name} cannot be saved: the file or its folder {folder} may not be written to.",
            "Save under another name or in another folder; the earlier version is unchanged.",
        )
    if error.errno in CLOSED:
        return StudioError(
            f"{path.name} cannot be saved: the folder {folder} may not be written to.", "Save in another folder."
        )
    if error.errno in GONE:
        return StudioError(
            f"{path.name} cannot be saved: there is no folder {folder}.", "Make the folder, or save in another one."
        )
    if error.errno == errno.ENAMETOOLONG:
        return StudioError(f"The name {path.name[:40]}... is too long for this disk.", "Choose a shorter name.")
    reason = error.strerror or str(error)
    return StudioError(
        f"{path.name} cannot be saved: {reason}.",
        "Save in another folder; an earlier version of the file is unchanged.",
    )
