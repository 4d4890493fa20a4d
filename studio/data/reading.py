"""Bytes of a file a person chose: read once, with a cap, and never from anything but a regular file."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import BinaryIO

LARGEST_FILE = 1 << 30

# O_NONBLOCK: opening a FIFO that was named .png must not hang. Windows has neither flag nor FIFO.
FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)


class UnreadableError(Exception):
    """A file that cannot be used; its text is the reason in a few words."""


def open_regular(path: Path) -> BinaryIO:
    """Open a regular file for reading; raises UnreadableError with a reason."""
    try:
        descriptor = os.open(path, FLAGS)
    except OSError as error:
        raise UnreadableError(reason_of(error)) from None
    try:
        regular = stat.S_ISREG(os.fstat(descriptor).st_mode)
    except OSError as error:
        os.close(descriptor)
        raise UnreadableError(reason_of(error)) from None
    if not regular:
        os.close(descriptor)
        raise UnreadableError("not a regular file")
    return os.fdopen(descriptor, "rb")


def read_bytes(path: Path, cap: int = LARGEST_FILE) -> bytes:
    """Return the whole file; raises UnreadableError when it is empty, above `cap` or changes meanwhile."""
    with open_regular(path) as file:
        try:
            before = os.fstat(file.fileno())
            if before.st_size == 0:
                raise UnreadableError("the file is empty")
            if before.st_size > cap:
                raise UnreadableError(f"the file has {before.st_size >> 20} MB, above the limit of {cap >> 20} MB")
            content = file.read(before.st_size + 1)
            after = os.fstat(file.fileno())
        except OSError as error:  # on a share that went away each of these may fail
            raise UnreadableError(reason_of(error)) from None
    if len(content) != before.st_size or (after.st_size, after.st_mtime_ns) != (before.st_size, before.st_mtime_ns):
        raise UnreadableError("the file changed while it was read")
    return content


def read_start(path: Path, count: int) -> bytes:
    """Return the first `count` bytes of a file."""
    with open_regular(path) as file:
        try:
            if os.fstat(file.fileno()).st_size == 0:
                raise UnreadableError("the file is empty")  # so are files of the system that end nowhere, or wait
            return file.read(count) or b""
        except OSError as error:
            raise UnreadableError(reason_of(error)) from None


def reason_of(error: OSError) -> str:
    """Return why the system refused, in a few words."""
    if isinstance(error, FileNotFoundError):
        return "the file does not exist"
    if isinstance(error, PermissionError):
        return "no permission to read it"
    return (error.strerror or "it cannot be read").lower()
