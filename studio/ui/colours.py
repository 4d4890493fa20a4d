"""The palettes: neutral greys without tint, since colours are judged on them, and one warm accent for what acts."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class ThemeName(StrEnum):
    DARK = "dark"
    LIGHT = "light"
    CONTRAST = "contrast"

    @property
    def words(self) -> str:
        return {"dark": "Dark", "light": "Light", "contrast": "High contrast"}[self.value]


@dataclass(frozen=True, slots=True)
class Colours:
    """Every colour the window uses; `accent_ink` is the text on the accent, `accent_text` the accent as text."""

    window: str
    line: str
    field: str
    button: str
    hover: str
    raised: str
    selected: str
    text: str
    dim: str
    faint: str
    accent: str
    accent_hover: str
    accent_ink: str
    accent_text: str
    advice: str
    error: str
    groove: str
    knob: str
    surround: str


SURROUND = "#777777"

DARK = Colours(
    window="#272727",
    line="#363636",
    field="#1e1e1e",
    button="#1e1e1e",
    hover="#323232",
    raised="#3c3c3c",
    selected="#3c3c3c",
    text="#e8e8e8",
    dim="#a0a0a0",
    faint="#6c6c6c",
    accent="#e8a33d",
    accent_hover="#f0b153",
    accent_ink="#1c1508",
    accent_text="#e8a33d",
    advice="#322d25",
    error="#e88f7d",
    groove="#3d3d3d",
    knob="#f2f2f2",
    surround=SURROUND,
)

LIGHT = Colours(
    window="#ececec",
    line="#d2d2d2",
    field="#fafafa",
    button="#dedede",
    hover="#d4d4d4",
    raised="#ffffff",
    selected="#d6d6d6",
    text="#1c1c1c",
    dim="#5a5a5a",
    faint="#9a9a9a",
    accent="#dd9426",
    accent_hover="#e8a33d",
    accent_ink="#1c1508",
    accent_text="#865200",
    advice="#f4ead9",
    error="#a32a12",
    groove="#c8c8c8",
    knob="#ffffff",
    surround=SURROUND,
)

CONTRAST = Colours(
    window="#000000",
    line="#9a9a9a",
    field="#1a1a1a",
    button="#262626",
    hover="#333333",
    raised="#404040",
    selected="#404040",
    text="#ffffff",
    dim="#e0e0e0",
    faint="#a8a8a8",
    accent="#ffb000",
    accent_hover="#ffc640",
    accent_ink="#000000",
    accent_text="#ffb000",
    advice="#262626",
    error="#ff9c8a",
    groove="#707070",
    knob="#ffffff",
    surround=SURROUND,
)

COLOURS: dict[ThemeName, Colours] = {ThemeName.DARK: DARK, ThemeName.LIGHT: LIGHT, ThemeName.CONTRAST: CONTRAST}
