"""What the gallery asks before it begins: which screen, how wide the brush, how long a picture stays."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication, QScreen
from PySide6.QtWidgets import QCheckBox, QDialog, QHBoxLayout, QLayout, QVBoxLayout, QWidget

from studio.ui.gallery import CHORD_WORDS, LIMITS, GallerySettings
from studio.ui.widgets.buttons import answers, button
from studio.ui.widgets.choice import Choice
from studio.ui.widgets.heading import Heading
from studio.ui.widgets.labels import dim_label
from studio.ui.widgets.slider import LabelledSlider

WIDTH = 340


class GalleryDialog(QDialog):
    """`chosen` carries GallerySettings."""

    chosen = Signal(object)

    def __init__(self, settings: GallerySettings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Gallery")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        screens = [(screen.name(), words_of(screen)) for screen in QGuiApplication.screens()]
        self.screen_choice = Choice(screens, name="Screen", tip="The screen that visitors see")
        self.screen_choice.set_key(settings.screen)
        self.brush = LabelledSlider(
            "Brush", 2, 50, 100 * settings.brush, decimals=0, unit="%", tip="Width of the brush, of the picture's side"
        )
        self.idle = LabelledSlider(
            "Put away after", 5, 300, settings.idle, decimals=0, unit="s", tip="Seconds after a visitor's last touch"
        )
        self.turn = LabelledSlider(
            "Next picture after", 10, 600, settings.turn, decimals=0, unit="s", tip="Seconds while nobody touches it"
        )
        self.alone = QCheckBox("Cover a part by itself while nobody does")
        self.alone.setAccessibleName(self.alone.text())
        self.alone.setToolTip("So that passers-by see what happens")
        self.alone.setChecked(settings.alone)
        self.begin = button("Open the gallery", "Fill the screen", role="accent")
        self.cancel = button("Cancel", "Do not open it")
        answers(self.begin, self.cancel)
        self._lay_out()
        self.begin.clicked.connect(self._finish)
        self.cancel.clicked.connect(self.reject)

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 16, 20, 16)
        column.setSpacing(14)
        column.addWidget(Heading("Gallery"))
        column.addWidget(
            dim_label("The pictures at hand fill the screen. Visitors cover a part and watch it heal.", wrap=True)
        )
        screen = QHBoxLayout()
        screen.addWidget(dim_label("Screen"))
        screen.addStretch(1)
        screen.addWidget(self.screen_choice)
        column.addLayout(screen)
        shown: tuple[QWidget, ...] = (self.brush, self.idle, self.turn, self.alone)
        for made in shown:
            made.setFixedWidth(WIDTH)
            column.addWidget(made)
        column.addWidget(dim_label(f"{CHORD_WORDS} leaves it; nothing else does.", role="small"))
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(self.cancel)
        row.addWidget(self.begin)
        column.addLayout(row)
        column.setSizeConstraint(QLayout.SizeConstraint.SetFixedSize)

    def _finish(self) -> None:
        settings = GallerySettings(
            screen=self.screen_choice.key(),
            brush=within("brush", self.brush.value() / 100),
            idle=within("idle", self.idle.value()),
            turn=within("turn", self.turn.value()),
            alone=self.alone.isChecked(),
        )
        self.accept()
        self.chosen.emit(settings)


def words_of(screen: QScreen) -> str:
    size = screen.geometry()
    return f"{screen.name() or 'this one'}, {size.width()} x {size.height()}"


def within(name: str, value: float) -> float:
    """Return what was typed, brought into the range of a setting."""
    low, high = LIMITS[name]
    return min(max(value, low), high)
