"""A mixer as plain JSON, and back from whatever a file says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from studio.dream.mixer import Group, Mixer, PartMix
from studio.errors import SettingsError


def to_record(mixer: Mixer) -> dict[str, Any]:
    """Return what a project keeps of a mixer."""
    return {
        "muted": sorted(mixer.muted),
        "solo": sorted(mixer.solo),
        "held": sorted(mixer.held),
        "gains": [list(pair) for pair in mixer.gains],
        "groups": [[group.name, list(group.units)] for group in mixer.groups],
        "parts": [[part.temperature, part.gain] for part in mixer.parts],
    }


def from_record(record: object) -> Mixer:
    """Return the mixer that a project kept; one with nothing turned where the record cannot be read."""
    if not isinstance(record, Mapping):
        return Mixer()
    try:
        mixer = Mixer(
            muted=frozenset(units(record["muted"])),
            solo=frozenset(units(record["solo"])),
            held=frozenset(units(record["held"])),
            groups=tuple(Group(str(name), tuple(units(own))) for name, own in record["groups"]),
            parts=tuple(PartMix(float(temperature), float(gain)) for temperature, gain in record["parts"]),
        )
        for unit, gain in record["gains"]:
            mixer = mixer.with_gain(units([unit]), float(gain))
    except (KeyError, TypeError, ValueError, SettingsError):
        return Mixer()
    return mixer


def units(values: Any) -> list[int]:
    """Return numbers of units; raises ValueError where they are none."""
    found = [int(value) for value in values]
    if any(unit < 0 for unit in found):
        raise ValueError("units are counted from 0")
    return found
