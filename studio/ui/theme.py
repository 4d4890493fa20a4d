"""How the window is drawn: Fusion, our own palette and one stylesheet, switchable while it runs."""

from __future__ import annotations

from dataclasses import asdict
from string import Template

from PySide6.QtCore import QObject, QSettings, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QPalette
from PySide6.QtWidgets import QApplication, QStyleFactory

from studio.paths import resources
from studio.ui.colours import COLOURS, Colours, ThemeName
from studio.ui.stylesheet import STYLESHEET

THEME_KEY, TEXT_KEY = "window/theme", "window/text"
TEXT_SIZES = (1.0, 1.25, 1.5)
TITLE, SMALL = 15, 11  # px

FAMILIES = (
    "Inter",
    "Segoe UI Variable Text",
    "Segoe UI",
    "SF Pro Text",
    "Helvetica Neue",
    "Adwaita Sans",
    "Cantarell",
    "Noto Sans",
    "Ubuntu",
    "Roboto",
    "Source Sans 3",
    "Liberation Sans",
    "DejaVu Sans",
)
WIDE_FAMILIES = ("DejaVu Sans",)  # drawn larger than their size says


class Theme(QObject):
    """The current palette: applies itself to the application and remembers the choice.

    Each widget that is put into another is styled anew, with all that is in it: a
    window is built in a third of the time before the stylesheet is there, which
    `dress` lays over it.
    """

    changed = Signal(object)  # ThemeName

    def __init__(self, app: QApplication, settings: QSettings, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._app = app
        self._settings = settings
        self._dressed = False
        remembered = str(settings.value(THEME_KEY, ThemeName.DARK))
        self._name = ThemeName(remembered) if remembered in list(ThemeName) else ThemeName.DARK
        self.text = text_size(settings)
        app.setStyle(QStyleFactory.create("Fusion"))
        app.setFont(choose_font(self.text))
        self._apply()

    @property
    def name(self) -> ThemeName:
        return self._name

    @property
    def colours(self) -> Colours:
        return COLOURS[self._name]

    def set_name(self, name: ThemeName) -> None:
        """Switch to another palette and keep it for the next start."""
        if name is self._name:
            return
        self._name = name
        self._settings.setValue(THEME_KEY, str(name))
        self._apply()
        self.changed.emit(name)

    def choose_text(self, size: float) -> None:
        """Write everything this much larger from the next start on: what is built is laid out for the size of now."""
        self._settings.setValue(TEXT_KEY, size)

    def dress(self) -> None:
        """Lay the stylesheet over what is built."""
        self._dressed = True
        self._apply()

    def _apply(self) -> None:
        self._app.setPalette(palette_of(self.colours))
        if not self._dressed:
            return
        check = (resources() / "icons" / "check.svg").as_posix()
        sizes = {"title": round(TITLE * self.text), "small": round(SMALL * self.text)}
        self._app.setStyleSheet(Template(STYLESHEET).substitute(asdict(self.colours), check=f'"{check}"', **sizes))


def palette_of(colours: Colours) -> QPalette:
    """Return the Qt palette; widgets that paint themselves read its roles and so follow the theme.

    Accent is the warm colour, Dark the canvas surround, Midlight the groove of
    a slider, BrightText its knob, PlaceholderText the dim text, Mid the lines.
    """
    role = QPalette.ColorRole
    palette = QPalette(QColor(colours.window))
    for key, value in (
        (role.Window, colours.window),
        (role.WindowText, colours.text),
        (role.Base, colours.field),
        (role.AlternateBase, colours.hover),
        (role.Text, colours.text),
        (role.PlaceholderText, colours.dim),
        (role.Button, colours.button),
        (role.ButtonText, colours.text),
        (role.BrightText, colours.knob),
        (role.ToolTipBase, colours.raised),
        (role.ToolTipText, colours.text),
        (role.Highlight, colours.accent),
        (role.HighlightedText, colours.accent_ink),
        (role.Accent, colours.accent),
        (role.Link, colours.accent_text),
        (role.LinkVisited, colours.accent_text),
        (role.Light, colours.raised),
        (role.Midlight, colours.groove),
        (role.Mid, colours.line),
        (role.Dark, colours.surround),
        (role.Shadow, colours.field),
    ):
        palette.setColor(key, QColor(value))
    for key in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, key, QColor(colours.faint))
    return palette


def text_size(settings: QSettings) -> float:
    """Return how much larger than usual text was chosen to be."""
    chosen = str(settings.value(TEXT_KEY, "1.0"))
    return next((size for size in TEXT_SIZES if str(size) == chosen), 1.0)


def choose_font(text: float = 1.0) -> QFont:
    """Return the best sans at hand, with figures of equal width where it has them, `text` times its usual size."""
    present = set(QFontDatabase.families())
    family = next((name for name in FAMILIES if name in present), "")
    font = QFont()
    if family:
        font.setFamilies([family, *(name for name in FAMILIES if name in present and name != family)])
    font.setPixelSize(round((12 if family in WIDE_FAMILIES else 13) * text))
    font.setFeature(QFont.Tag("tnum"), 1)
    return font
