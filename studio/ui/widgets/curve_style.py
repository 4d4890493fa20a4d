"""The colours of curves, read off the palette."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtGui import QColor, QPalette

BLUE_ON_DARK, BLUE_ON_LIGHT = QColor("#5fb4d8"), QColor("#1f78a4")


@dataclass(frozen=True, slots=True)
class CurveStyle:
    """`first` and `second` draw curves, `first_text` and `second_text` name them."""

    ground: QColor
    first: QColor
    second: QColor
    first_text: QColor
    second_text: QColor
    words: QColor
    line: QColor

    @classmethod
    def of(cls, palette: QPalette) -> CurveStyle:
        role = QPalette.ColorRole
        ground = palette.color(role.Window)
        blue = BLUE_ON_DARK if ground.lightness() < 128 else BLUE_ON_LIGHT
        return cls(
            ground=ground,
            first=palette.color(role.Accent),
            second=blue,
            first_text=palette.color(role.Link),
            second_text=blue,
            words=palette.color(role.PlaceholderText),
            line=palette.color(role.Mid),
        )

    def curve(self, second: bool) -> QColor:
        return self.second if second else self.first

    def text(self, second: bool) -> QColor:
        return self.second_text if second else self.first_text

    def faint(self, second: bool) -> QColor:
        """The raw curve behind a smoothed one."""
        return mixed(self.curve(second), self.ground, 0.35)

    def earlier(self, age: int) -> QColor:
        """A grey that fades with every run in between."""
        return mixed(self.words, self.ground, max(0.25, 0.75 - 0.15 * age))


def mixed(colour: QColor, ground: QColor, share: float) -> QColor:
    """Return an opaque mixture: drawing with alpha is slower and piles up where a curve crosses itself."""
    parts = ((colour.red(), ground.red()), (colour.green(), ground.green()), (colour.blue(), ground.blue()))
    return QColor(*(round(share * above + (1 - share) * below) for above, below in parts))
