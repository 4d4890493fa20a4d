"""What of a project no file holds yet."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Unsaved:
    """Whether something was changed, and whether a run in progress has learned something.

    What a run learns goes with it when it is thrown away; what was changed meanwhile stays.
    """

    changed: bool = False
    learning: bool = False

    @property
    def any(self) -> bool:
        return self.changed or self.learning
