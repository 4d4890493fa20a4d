"""Copies of a run in progress, beside the file that it will be saved to."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from studio.errors import StudioError
from studio.jobs.awake import Awake
from studio.project.archive import SUFFIX, Project, write_project
from studio.project.recovery import discard

if TYPE_CHECKING:
    from studio.training.ranks import Ranks

SHARE = 0.02  # of the time: what copying may take of it


class Autosaved:
    """Writes a copy every few minutes and removes it once the run is saved; one of an earlier run is left alone."""

    def __init__(
        self, out: Path, minutes: float, say: Callable[[str], None], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.path = free(out)
        self._seconds, self._say, self._clock = 60 * minutes, say, clock
        self._next = clock() + self._seconds
        self._awake = Awake()
        self._told = self._written = False

    def follow(self, project: Callable[[], Project]) -> None:
        """Write a copy where it is time; `project` is asked for it only then."""
        if self.due:
            self.keep(project)

    @property
    def due(self) -> bool:
        return self._seconds > 0 and self._clock() >= self._next

    @property
    def written(self) -> bool:
        return self._written

    def keep(self, project: Callable[[], Project]) -> None:
        """Write a copy, and wait the longer for the next the longer that took."""
        began = self._clock()
        self.write(project())
        ended = self._clock()
        self._next = ended + max(self._seconds, self._awake.took(ended - began) / SHARE)

    def write(self, project: Project) -> bool:
        """Write a copy now; what stands in the way is said once, and the run goes on."""
        try:
            write_project(self.path, project)
        except StudioError as error:
            if not self._told:
                self._say(f"not autosaved: {error.message}")
            self._told = True
            return False
        self._written = True
        return True

    def remove(self) -> None:
        if self._written:
            discard(self.path)
            self._written = False


class AutosavedTogether:
    """Copies of what several processes train: each brings its part of them after the same step, the first writes."""

    def __init__(self, copies: Autosaved, ranks: Ranks) -> None:
        self._copies, self._ranks = copies, ranks
        self.path = copies.path

    @property
    def written(self) -> bool:
        return self._copies.written

    def follow(self, project: Callable[[], Project]) -> None:
        """Wish for a copy where it is time, and write it once all know of the wish."""
        ranks = self._ranks
        if ranks.first and self._copies.due:
            ranks.wishes_to_keep = True
        if ranks.keeping:
            ranks.wishes_to_keep = ranks.keeping = False
            if ranks.first:
                self._copies.keep(project)
            else:
                project()

    def write(self, project: Project) -> bool:
        return self._copies.write(project) if self._ranks.first else True


def free(out: Path) -> Path:
    """Return a name for copies of what will be saved to `out` that no file has."""
    for number in itertools.count(1):
        path = out.with_name(f"{out.stem}.autosave{f'-{number}' if number > 1 else ''}{SUFFIX}")
        if not path.exists():
            return path
    raise AssertionError("counting never ends")
