"""Copies of unsaved work: where they are kept, how they are found again, what they hold."""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from studio.atomic import explained, sweep, write_atomically
from studio.errors import StudioError
from studio.project.archive import SUFFIX, Project, json_of, thumbnails_of, to_bytes
from studio.project.container import opened
from studio.project.history import RunRecord
from studio.project.run_json import runs_from_list

NAME = re.compile(r"\..*\.autosave-([0-9a-f]{8})\.harmonium", re.DOTALL)
UNTITLED = "Untitled"
LARGEST_NOTE = 1 << 16
STEM_BYTES = 80


@dataclass(frozen=True, slots=True)
class Recoverable:
    """A copy of unsaved work; `project` is the file it belongs to, None where it never had one."""

    token: str
    autosave: Path
    project: Path | None = None
    saved: str = ""  # local time, ISO 8601

    @property
    def title(self) -> str:
        return self.project.name if self.project is not None else UNTITLED


@dataclass(frozen=True, slots=True, eq=False)
class Rescue:
    """A copy with what can be said of it without opening it: PNG bytes, and how much was learned."""

    found: Recoverable
    thumbnails: tuple[bytes, ...] = ()
    words: str = ""
    whole: bool = True


def new_token() -> str:
    return secrets.token_hex(4)


def name_of(project: Path | None, token: str) -> str:
    stem = project.stem if project is not None else "untitled"
    # Most disks take 255 bytes, and a letter may have four.
    return f".{stem.encode(errors='ignore')[:STEM_BYTES].decode(errors='ignore')}.autosave-{token}{SUFFIX}"


def write_autosave(
    project: Project, where: Path | None, token: str, folder: Path, former: Recoverable | None = None
) -> Recoverable:
    """Write a copy beside the user's file `where`, or else in `folder`, and a note in `folder` that leads to it.

    Whatever of `former` is elsewhere is removed. Raises StudioError where
    neither place can be written to; an earlier copy is unchanged then.
    """
    data = to_bytes(project)
    make(folder)
    elsewhere = folder / name_of(where, token)
    places = [elsewhere] if where is None else [where.absolute().parent / name_of(where, token), elsewhere]
    for place in places:
        try:
            write_atomically(place, data)
        except StudioError:
            if place is places[-1]:
                raise
        else:
            break
    saved = datetime.now().astimezone().isoformat(timespec="seconds")
    kept = Recoverable(token, place, where.absolute() if where is not None else None, saved)
    write_atomically(note_of(folder, token), to_note(kept))
    sweep(place.parent)
    if former is not None and former.autosave != kept.autosave:
        discard(former.autosave)
    return kept


def make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise explained(error, folder / "autosave", 0) from error


def forget(gone: Recoverable, folder: Path) -> None:
    """Remove a copy and its note; what cannot be removed now is offered once more, no harm done."""
    if discard(gone.autosave):
        discard(note_of(folder, gone.token))


def discard(path: Path) -> bool:
    try:
        path.unlink(missing_ok=True)
    except OSError:
        return False
    return True


def note_of(folder: Path, token: str) -> Path:
    return folder / f"{token}.json"


def to_note(kept: Recoverable) -> bytes:
    project = str(kept.project) if kept.project is not None else None
    value = {"autosave": str(kept.autosave), "project": project, "saved": kept.saved}
    return json.dumps(value, indent=2).encode()


def found_in(folder: Path) -> tuple[Recoverable, ...]:
    """Return the copies that are there, the latest first; notes that lead nowhere are passed over."""
    noted = {each.token: each for each in notes_in(folder)}
    for path in copies_in(folder):  # one whose note was not written any more
        match = NAME.fullmatch(path.name)
        if match is not None and match[1] not in noted:
            noted[match[1]] = Recoverable(match[1], path, None, written(path))
    there = [each for each in noted.values() if is_file(each.autosave)]
    return tuple(sorted(there, key=lambda each: each.saved, reverse=True))


def notes_in(folder: Path) -> Iterator[Recoverable]:
    for path in sorted(folder.glob("*.json")):
        note = from_note(path)
        if note is not None:
            yield note


def copies_in(folder: Path) -> list[Path]:
    return sorted(folder.glob(f".*.autosave-*{SUFFIX}"))


def from_note(path: Path) -> Recoverable | None:
    """Return what a note says; None where it is damaged, or leads to what is no copy."""
    try:
        with path.open("rb") as stream:
            value = json.loads(stream.read(LARGEST_NOTE))
        autosave, project = Path(value["autosave"]), value["project"]
        match = NAME.fullmatch(autosave.name)
        # a note that names any other file must never lead to its being discarded
        if match is None or match[1] != path.stem or not autosave.is_absolute():
            return None
        return Recoverable(path.stem, autosave, Path(project) if project else None, str(value["saved"])[:40])
    except (OSError, ValueError, RecursionError, KeyError, TypeError):
        return None


def is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False


def written(path: Path) -> str:
    try:
        moment = datetime.fromtimestamp(path.stat().st_mtime)
    except (OSError, OverflowError, ValueError):
        return ""
    return moment.astimezone().isoformat(timespec="seconds")


def look(found: Recoverable) -> Rescue:
    """Return a copy with its pictures and how much it learned; one that is damaged says so."""
    try:
        with opened(found.autosave) as container:
            runs = runs_from_list(json_of(container.read("history.json"), "history", container))
            names = [name for name in container.names() if name.startswith("thumbnails/")]
            trained = bool(container.manifest.get("model"))
            pictures = thumbnails_of({name: container.read(name) for name in names})
    except StudioError as error:
        return Rescue(found, words=error.message, whole=False)
    order = sorted(pictures, key=lambda name: (name != "dream", name))
    words = words_of(len(runs), steps_of(runs), trained)
    if found.project is not None and written(found.project) > found.saved:
        words += "; the file itself was saved later"
    return Rescue(found, tuple(pictures[name] for name in order), words)


def steps_of(runs: tuple[RunRecord, ...]) -> int:
    """Return the steps of all runs; one that was going on says how far it came by its curves alone."""
    return sum(max(run.steps, run.curves.latest) for run in runs)


def words_of(runs: int, steps: int, trained: bool) -> str:
    if not runs:
        return "A model, and no run of it" if trained else "Not trained yet"
    return f"{runs} run{'s' if runs > 1 else ''}, {steps:,} steps"


def size_of(project: Project) -> int:
    """Return about how many bytes the arrays of a project take in its file."""
    parts = (project.weights, project.transform, project.state, project.canvas)
    return sum(array.nbytes for part in parts for array in part.values())
