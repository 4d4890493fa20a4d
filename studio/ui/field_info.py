"""One row of the tables of settings: a name, a unit, a range, and what turning it does to the picture."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Kind(Enum):
    """SLIDER shows a bar, NUMBER only a typed value, the others what their names say."""

    SLIDER = "slider"
    NUMBER = "number"
    CHOICE = "choice"
    CHECK = "check"
    COLOUR = "colour"
    FILE = "file"
    LIST = "list"


@dataclass(frozen=True, slots=True)
class FieldInfo:
    """One field of a settings class; `low` to `high` is the bar as shown, `scale` is shown per stored value."""

    owner: type
    name: str
    label: str
    tip: str
    kind: Kind = Kind.SLIDER
    low: float = 0.0
    high: float = 1.0
    unit: str = ""
    decimals: int | None = 2
    log: bool = False
    whole: bool = False
    scale: float = 1.0
    choices: tuple[tuple[str, str], ...] = ()  # value, words


def choice(owner: type, name: str, label: str, tip: str, *choices: tuple[str, str]) -> FieldInfo:
    return FieldInfo(owner, name, label, tip, Kind.CHOICE, choices=choices)


def check(owner: type, name: str, label: str, tip: str) -> FieldInfo:
    return FieldInfo(owner, name, label, tip, Kind.CHECK)


def whole(owner: type, name: str, label: str, tip: str, low: float, high: float, *, log: bool = False) -> FieldInfo:
    return FieldInfo(owner, name, label, tip, low=low, high=high, whole=True, decimals=0, log=log)


def number(owner: type, name: str, label: str, tip: str, *, unit: str = "", is_whole: bool = True) -> FieldInfo:
    decimals = 0 if is_whole else None
    return FieldInfo(owner, name, label, tip, Kind.NUMBER, unit=unit, whole=is_whole, decimals=decimals)
