"""A picture file as Pillow reads it: bit by bit, so that its bytes are not in memory beside its pixels."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import BinaryIO

from PIL import ImageFile

from studio.data.reading import LARGEST_FILE, UnreadableError, open_regular, reason_of

CHANGED = "the file changed while it was read"
WHOLE = 8 << 20  # bytes: up to here a file is read at once, as each call may take long on a share
LARGEST_EXTRA = 100 << 20  # bytes: of a header, of texts and profiles, and of a file that is read as a whole


class Streamed:
    """An open picture file; it has no `fileno`, so that nothing is mapped: of a mapped file that shrinks, one dies."""

    def __init__(self, path: Path) -> None:
        self._file: BinaryIO = open_regular(path)
        self._extra = 0
        self._in_header = True
        try:
            with told():
                self._before = os.fstat(self._file.fileno())
            self.size = self._before.st_size
            if self.size == 0:
                raise UnreadableError("the file is empty")
            if self.size > LARGEST_FILE:
                raise UnreadableError(f"the file has {self.size >> 20} MB, above the limit of {LARGEST_FILE >> 20} MB")
            if self.size <= WHOLE:
                self._take_whole()
        except UnreadableError:
            self._file.close()
            raise

    def __enter__(self) -> Streamed:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._file.close()

    def _take_whole(self) -> None:
        with told():
            content = self._file.read(self.size + 1)
        if len(content) != self.size:
            raise UnreadableError(CHANGED)
        self.require_unchanged()
        self._file.close()
        self._file = io.BytesIO(content)

    def header_read(self) -> None:
        """Say that what follows are pixels, which go where they belong and are not kept as bytes."""
        self._in_header = False

    def require_unchanged(self) -> None:
        """Raise UnreadableError when the file was written to while it was read."""
        if isinstance(self._file, io.BytesIO):
            return
        with told():
            after = os.fstat(self._file.fileno())
        if (after.st_size, after.st_mtime_ns) != (self.size, self._before.st_mtime_ns):
            raise UnreadableError(CHANGED)

    def read(self, count: int = -1) -> bytes:
        # Pillow takes texts and profiles, which it keeps, in blocks of that size, also from behind the pixels.
        kept = self._in_header or count == ImageFile.SAFEBLOCK
        with told():
            left = max(0, self.size - self._file.tell())
            wanted = left if count is None or count < 0 else min(count, left)
            if kept:
                self._extra += wanted
                if self._extra > LARGEST_EXTRA:
                    raise UnreadableError(f"more than {LARGEST_EXTRA >> 20} MB of it would be held beside its pixels")
            return self._file.read(wanted)

    def readline(self, limit: int = -1) -> bytes:
        with told():
            return self._file.readline(LARGEST_EXTRA if limit < 0 else limit)

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        with told():
            return self._file.seek(offset, whence)

    def tell(self) -> int:
        with told():
            return self._file.tell()


@contextmanager
def told() -> Iterator[None]:
    """Turn what a share that went away raises into a reason; an OSError would have Pillow go on with what it has."""
    try:
        yield
    except OSError as error:
        raise UnreadableError(reason_of(error)) from None
