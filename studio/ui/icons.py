"""Our own line icons, tinted by the palette."""

from __future__ import annotations

from PySide6.QtCore import QByteArray, QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QGuiApplication, QIcon, QPainter, QPalette, QPixmap, QPixmapCache
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QToolButton, QWidget

from studio.paths import resources

SIDE = 16
SHARPNESS = 3  # drawn this many times larger, so that it stays sharp on dense screens


def icon(name: str, colour: QColor, faint: QColor | None = None) -> QIcon:
    """Return the icon called `name` in one colour, and in `faint` where it is disabled."""
    made = QIcon()
    made.addPixmap(kept(name, colour), QIcon.Mode.Normal)
    made.addPixmap(kept(name, faint or colour), QIcon.Mode.Disabled)
    return made


def app_icon() -> QIcon:
    """Return the studio's own icon, as desktops show it."""
    made = QIcon()
    for path in sorted((resources() / "desktop" / "icons").glob("studio.harmonium.Harmonium-*.png")):
        made.addFile(str(path))
    return made


def kept(name: str, colour: QColor) -> QPixmap:
    """Return the picture of an icon, out of Qt's cache where another button has it already."""
    key, found = f"studio/{name}/{colour.name()}", QPixmap()
    if not QPixmapCache.find(key, found):
        found = drawn((resources() / "icons" / f"{name}.svg").read_text("utf-8"), colour)
        QPixmapCache.insert(key, found)
    return found


def drawn(source: str, colour: QColor) -> QPixmap:
    renderer = QSvgRenderer(QByteArray(source.replace("currentColor", colour.name()).encode()))
    pixmap = QPixmap(SIDE * SHARPNESS, SIDE * SHARPNESS)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    renderer.render(painter, QRectF(0, 0, pixmap.width(), pixmap.height()))
    painter.end()
    pixmap.setDevicePixelRatio(SHARPNESS)
    return pixmap


class IconButton(QToolButton):
    """A quiet button with an icon that follows the palette."""

    def __init__(self, name: str, text: str, tip: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name = name
        self.setProperty("role", "quiet")
        self.setIconSize(QSize(SIDE, SIDE))
        self.setAccessibleName(text)
        self.setToolTip(tip)
        self._tint()

    def set_icon(self, name: str) -> None:
        if name != self._name:
            self._name = name
            self._tint()

    def _tint(self) -> None:
        # the widget's own palette is bent by the stylesheet
        palette, group = QGuiApplication.palette(), QPalette.ColorGroup
        text = palette.color(group.Normal, QPalette.ColorRole.PlaceholderText)
        self.setIcon(icon(self._name, text, palette.color(group.Disabled, QPalette.ColorRole.Text)))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._tint()
