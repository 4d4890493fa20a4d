"""The zip around a project: known members only, each with its size and checksum. Nothing is ever extracted."""

from __future__ import annotations

import hashlib
import io
import json
import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from studio.errors import ProjectError
from studio.project.migrations import FORMAT

MIB = 2**20
MANIFEST = "manifest.json"
CAPS: Mapping[str, int] = {
    MANIFEST: 1 * MIB,
    "recipe.json": 8 * MIB,
    "meta.json": 8 * MIB,
    "dream.json": 1 * MIB,
    "history.json": 512 * MIB,
    "weights.safetensors": 4096 * MIB,
    "transform.safetensors": 4096 * MIB,
    "state.safetensors": 8192 * MIB,
    "lapse.safetensors": 64 * MIB,
}
THUMBNAIL = re.compile(r"thumbnails/[a-z][a-z0-9_-]{0,31}\.png")
THUMBNAIL_CAP = 8 * MIB
TOTAL_CAP = 12 * 1024 * MIB
MOST_MEMBERS = 64
LARGEST_DIRECTORY = 64 * 1024
FIXED_TIME = (1980, 1, 1, 0, 0, 0)
OTHER_FILE = "Choose another file, or an earlier copy of this one."
FRESH_COPY = "Open another copy of it, or save what is still whole of it: `harmonium repair`."
# NotImplementedError and RecursionError are RuntimeErrors; UnicodeDecodeError and JSON's own are ValueErrors.
UNREADABLE: tuple[type[Exception], ...] = (zipfile.BadZipFile, zlib.error, struct.error, EOFError)
UNREADABLE += (ValueError, RuntimeError, ArithmeticError, KeyError, MemoryError)


def cap_of(name: str) -> int | None:
    """Return how large a member may be, or None for a name that has no place in a project."""
    return THUMBNAIL_CAP if THUMBNAIL.fullmatch(name) else CAPS.get(name)


def pack(members: Mapping[str, bytes], manifest: Mapping[str, Any]) -> memoryview:
    """Return the zip of `members` behind a manifest that lists their sizes and checksums."""
    listed = {name: {"sha256": hashlib.sha256(data).hexdigest(), "size": len(data)} for name, data in members.items()}
    head = json.dumps({"format": FORMAT, **manifest, "members": listed}, indent=2).encode()
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, data in {MANIFEST: head, **members}.items():
            cap = cap_of(name)
            if cap is None or len(data) > cap:
                raise ProjectError(f"The project's {name} cannot be kept ({len(data) / 1e6:.0f} MB).", "")
            entry = zipfile.ZipInfo(name, FIXED_TIME)
            entry.external_attr = (stat.S_IFREG | 0o644) << 16
            entry.compress_type = zipfile.ZIP_DEFLATED if name.endswith(".json") else zipfile.ZIP_STORED
            archive.writestr(entry, data)
    return buffer.getbuffer()


class Container:
    """An opened project file; `manifest` is read, members are read by name."""

    def __init__(self, archive: zipfile.ZipFile, label: str) -> None:
        self.label = label
        self._archive = archive
        self._entries = {entry.filename: entry for entry in archive.infolist()}
        self.manifest = self._read_manifest()
        self.format = self._checked_format()
        self._check_entries(archive.infolist())

    def names(self) -> tuple[str, ...]:
        return tuple(name for name in self._entries if name != MANIFEST)

    def size(self, name: str) -> int:
        return self._entries[name].file_size if name in self._entries else 0

    def read(self, name: str) -> bytes:
        """Return a member whole, its checksum compared with the manifest's."""
        if name not in self._entries:
            raise self.damaged(f"{name} is missing")
        data = self._bytes(name, self._entries[name].file_size)
        listed = self.manifest["members"].get(name)
        if not isinstance(listed, dict) or listed.get("sha256") != hashlib.sha256(data).hexdigest():
            raise self.damaged(f"the checksum of {name} does not fit")
        return data

    def head(self, name: str, count: int) -> bytes:
        """Return the first `count` bytes of a member, unchecked: for a look at it."""
        if name not in self._entries:
            raise self.damaged(f"{name} is missing")
        return self._bytes(name, count)

    def damaged(self, what: str) -> ProjectError:
        return ProjectError(f"{self.label} is damaged: {what}.", FRESH_COPY)

    def _bytes(self, name: str, count: int) -> bytes:
        with self._archive.open(self._entries[name]) as stream:
            data = stream.read(count)
        if len(data) != min(count, self._entries[name].file_size):
            raise self.damaged(f"{name} is cut short")
        return data

    def _read_manifest(self) -> dict[str, Any]:
        entry = self._entries.get(MANIFEST)
        if entry is None:
            raise ProjectError(f"{self.label} is not a Harmonium project.", OTHER_FILE)
        self._check_entry(entry)
        try:
            value = json.loads(self._bytes(MANIFEST, entry.file_size))
        except RecursionError:
            raise self.damaged("its manifest is no list of members") from None
        if not isinstance(value, dict) or not isinstance(value.get("members"), dict):
            raise self.damaged("its manifest is no list of members")
        return value

    def _checked_format(self) -> int:
        number = self.manifest.get("format")
        if type(number) is not int or not 1 <= number < 10**6:
            raise self.damaged("its format number is not a number")
        if number > FORMAT:
            version = str(self.manifest.get("application", "?"))[:20]
            raise ProjectError(
                f"{self.label} is of project format {number}, saved by Harmonium Studio {version}; "
                f"this version reads up to format {FORMAT}.",
                f"Open it with Harmonium Studio {version} or newer.",
            )
        return number

    def _check_entries(self, entries: list[zipfile.ZipInfo]) -> None:
        if len(entries) != len(self._entries):
            raise self.damaged("a member is there twice")
        for entry in entries:
            self._check_entry(entry)
        if set(self.manifest["members"]) != set(self.names()):
            raise self.damaged("its members are not those that its manifest lists")
        if sum(entry.file_size for entry in entries) > TOTAL_CAP:
            raise self.damaged("its members are larger than a project can be")

    def _check_entry(self, entry: zipfile.ZipInfo) -> None:
        cap = cap_of(entry.filename)
        if cap is None:
            raise self.damaged(f"{entry.filename[:60]!r} has no place in a project")
        stored = entry.compress_type == zipfile.ZIP_STORED and entry.compress_size == entry.file_size
        deflated = entry.compress_type == zipfile.ZIP_DEFLATED and entry.filename.endswith(".json")
        if entry.file_size > cap or entry.flag_bits & 0x1 or not (stored or deflated):
            raise self.damaged(f"{entry.filename} is larger or packed otherwise than it can be")


@contextmanager
def opened(path: Path) -> Iterator[Container]:
    """Open a project file for reading; whatever is wrong with it becomes a ProjectError."""
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise ProjectError(f"{path} is not a file.", "Choose another file, or an earlier copy of this one.")
        with path.open("rb") as stream:
            check_directory(stream, path.name)
            with zipfile.ZipFile(stream) as archive:
                yield Container(archive, path.name)
    except UNREADABLE as error:
        raise ProjectError(f"{path.name} is damaged and cannot be read ({error}).", FRESH_COPY) from error
    except FileNotFoundError:
        raise ProjectError(f"There is no file {path}.", "Check its name and folder.") from None
    except OSError as error:
        reason = error.strerror or str(error)
        raise ProjectError(f"{path} cannot be read: {reason}.", "Check the file and its permissions.") from error


def check_directory(stream: IO[bytes], label: str) -> None:
    """Refuse a file that does not end as a project does, or that lists more than a project holds, before it is read."""
    size = stream.seek(0, io.SEEK_END)
    stream.seek(max(0, size - 98))
    tail = stream.read(98)
    end = tail[-22:]
    if len(end) < 22 or end[:4] != b"PK\5\6":
        stream.seek(0)
        if stream.read(4) == b"PK\3\4":
            raise ProjectError(f"{label} is cut short.", FRESH_COPY)
        raise ProjectError(f"{label} is not a Harmonium project.", OTHER_FILE)
    count, length = struct.unpack("<10xHL6x", end)
    if tail[-42:-38] == b"PK\6\7":
        if tail[:4] != b"PK\6\6":
            raise ProjectError(f"{label} is damaged: it does not end as a project does.", FRESH_COPY)
        count, length = struct.unpack("<32xQQ8x", tail[:56])
    if count > MOST_MEMBERS or length > LARGEST_DIRECTORY:
        raise ProjectError(f"{label} is damaged: it lists {count} members.", FRESH_COPY)
