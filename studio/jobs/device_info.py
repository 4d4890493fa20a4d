"""What is known of a device. No torch here: the window shows this."""

from __future__ import annotations

from dataclasses import dataclass

AUTO = "auto"


@dataclass(frozen=True, slots=True)
class DeviceInfo:
    """A device that is here; `problem` says in a sentence why it cannot be used."""

    name: str
    label: str
    problem: str = ""

    @property
    def usable(self) -> bool:
        return not self.problem
