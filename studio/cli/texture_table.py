"""A table on the disk that grows by one JSON line a picture, through kills and restarts."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from studio.errors import ProjectError

Row = dict[str, Any]

BEGINNING = '{"picture"'


def read_table(path: Path) -> list[Row]:
    """Return the lines of a table; a last line that was cut short by a kill is passed over."""
    if not path.exists():
        return []
    lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    if lines and cut_short(lines[-1]):
        lines.pop()
    rows = [row_of(text) for text in lines]
    for number, row in enumerate(rows, start=1):
        if row is None:
            raise ProjectError(f"Line {number} of {path.name} is no line of a table.", "Give --out another file.")
    return [row for row in rows if row is not None]


def row_of(text: str) -> Row | None:
    try:
        value = json.loads(text)
    except ValueError:
        return None
    return value if isinstance(value, dict) and "picture" in value else None


def cut_short(text: str) -> bool:
    return text.startswith(BEGINNING) and row_of(text) is None


def append(path: Path, row: Row) -> None:
    """Add a line, flushed to the disk; one that was cut short makes way for it."""
    with open(path, "ab+") as file:
        file.seek(0)
        last = file.read().rpartition(b"\n")[2]
        if cut_short(last.decode(errors="replace")):
            file.truncate(file.tell() - len(last))
        elif last:
            file.write(b"\n")
        file.write(json.dumps(row).encode() + b"\n")
        file.flush()
        os.fsync(file.fileno())
