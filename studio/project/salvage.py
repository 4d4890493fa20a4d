"""The members of a damaged project file that are still whole, found without its directory."""

from __future__ import annotations

import mmap
import stat
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from studio.errors import ProjectError
from studio.project.container import cap_of

HEADER = b"PK\3\4"
FIXED = struct.Struct(
    "<4s5H3L2H"
)  # signature; version, flags, method, time, date; checksum, sizes; lengths of name, extra
STORED, DEFLATED = 0, 8
MOST_FOUND = 4096  # of what begins like a member; weights may hold the same four bytes by chance
LONG = 0xFFFFFFFF


@dataclass(frozen=True, slots=True)
class Entry:
    """What the head of a member says: its name, how it is packed, its checksum and where its bytes are."""

    name: str
    method: int
    checksum: int
    start: int
    packed: int
    size: int


def whole_members(path: Path) -> dict[str, bytes]:
    """Return the members whose checksum still fits, by name; raises ProjectError where the file cannot be read."""
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise ProjectError(f"{path} is not a file.", "Choose a project.")
        with path.open("rb") as stream:
            if path.stat().st_size == 0:
                return {}
            with mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as content:
                return members_in(content)
    except FileNotFoundError:
        raise ProjectError(f"There is no file {path}.", "Check its name and folder.") from None
    except (OSError, MemoryError) as error:
        raise ProjectError(f"{path} cannot be read: {error}.", "Copy it to another disk first.") from error


def members_in(content: mmap.mmap) -> dict[str, bytes]:
    members: dict[str, bytes] = {}
    for entry in entries_in(content):
        data = data_of(content, entry)
        if data is not None and entry.name not in members:
            members[entry.name] = data
    return members


def entries_in(content: mmap.mmap) -> Iterator[Entry]:
    """Yield what begins like a member of a project, wherever it stands."""
    at, found = content.find(HEADER), 0
    while at >= 0 and found < MOST_FOUND:
        found += 1
        entry = entry_at(content, at)
        if entry is not None:
            yield entry
        at = content.find(HEADER, at + 4)


def entry_at(content: mmap.mmap, at: int) -> Entry | None:
    head = content[at : at + FIXED.size]
    if len(head) < FIXED.size:
        return None
    _, _, _, method, _, _, checksum, packed, size, name_length, extra_length = FIXED.unpack(head)
    name_at = at + FIXED.size
    raw = content[name_at : name_at + name_length]
    extra = content[name_at + name_length : name_at + name_length + extra_length]
    if LONG in (packed, size) and len(extra) >= 20 and extra[:2] == b"\1\0":
        size, packed = struct.unpack("<QQ", extra[4:20])
    name = raw.decode("ascii", "replace")
    cap = cap_of(name)
    if cap is None or size > cap or packed > cap:
        return None
    return Entry(name, method, checksum, name_at + name_length + extra_length, packed, size)


def data_of(content: mmap.mmap, entry: Entry) -> bytes | None:
    """Return the bytes of a member where they are those that were written."""
    data = content[entry.start : entry.start + entry.packed]
    if entry.method == DEFLATED and entry.name.endswith(".json"):
        try:
            data = zlib.decompressobj(-15).decompress(data, entry.size + 1)
        except zlib.error:
            return None
    elif entry.method != STORED:
        return None
    return data if len(data) == entry.size and zlib.crc32(data) == entry.checksum else None
