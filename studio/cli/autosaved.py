"""Copies of a run in progress, beside the file that it will be saved to."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable
from pathlib import Path

from studio.errors import StudioError
from studio.jobs.awake import Awake
from studio.project.archive import SUFFIX, Project, write_project
from studio.project.recovery import discard

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
        if self._seconds <= 0 or self._clock() < self._next:
            return
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


def free(out: Path) -> Path:
    """Return a name for copies of what will be saved to `out` that no file has."""
    for number in itertools.count(1):
        path = out.with_name(f"{out.stem}.autosave{f'-{number}' if number > 1 else ''}{SUFFIX}")
        if not path.exists():
            return path
    raise AssertionError("counting never ends")
