"""The gallery: a full screen on which visitors cover parts of pictures and watch them heal, all day long."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QSettings, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QKeyEvent, QScreen
from PySide6.QtWidgets import QVBoxLayout, QWidget

from studio.dream.strokes import LARGEST, SMALLEST, Brush, Form, Point, Stroke
from studio.jobs.frames import DreamFrame
from studio.session.notices import Level, Notice
from studio.ui.widgets.gallery_canvas import GalleryCanvas
from studio.ui.widgets.paint_tool import PaintTool

if TYPE_CHECKING:
    from studio.session.session import Session

SETTINGS_KEY = "gallery"
CHORD = (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier, Qt.Key.Key_Q)
CHORD_WORDS = "Ctrl+Alt+Q"
SOON_MS = 3000  # until an untouched picture is covered by itself
GHOST_POINTS = 6
LIMITS = {"brush": (0.02, 0.5), "idle": (5.0, 3600.0), "turn": (10.0, 86_400.0)}


@dataclass(frozen=True, slots=True)
class GallerySettings:
    """`brush` as a share of the picture's shorter side, seconds until an idle picture is put away (`idle`),
    and until one that nobody touched gives way to the next (`turn`); `alone` covers it by itself meanwhile.
    """

    screen: str = ""
    brush: float = 0.2
    idle: float = 30.0
    turn: float = 60.0
    alone: bool = True

    @classmethod
    def read(cls, settings: QSettings) -> GallerySettings:
        """Return what was chosen last; what cannot be read or lies out of range is as at first."""
        found: dict[str, object] = {}
        for name, (low, high) in LIMITS.items():
            try:
                value = float(str(settings.value(f"{SETTINGS_KEY}/{name}", "")))
            except ValueError:
                continue
            if low <= value <= high:
                found[name] = value
        alone = settings.value(f"{SETTINGS_KEY}/alone", True, bool) is True
        return cls(screen=str(settings.value(f"{SETTINGS_KEY}/screen", "")), alone=alone, **found)  # type: ignore[arg-type]  # numbers of the fields that LIMITS names

    def write(self, settings: QSettings) -> None:
        for name, value in asdict(self).items():
            settings.setValue(f"{SETTINGS_KEY}/{name}", value)


class Gallery(QWidget):
    """Shows one picture after the other; only its key chord leaves it, and `ended` follows."""

    ended = Signal()

    def __init__(self, session: Session, settings: GallerySettings, seed: int = 0) -> None:
        super().__init__(None, Qt.WindowType.Window)
        self._session, self._settings = session, settings
        self._random = np.random.Generator(np.random.PCG64(seed))
        self._index = -1
        self._side = 0
        self._leaving = False
        self.setWindowTitle("Harmonium gallery")
        self.canvas = GalleryCanvas()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.canvas)
        self._idle, self._ghost = QTimer(self), QTimer(self)
        for timer in (self._idle, self._ghost):
            timer.setSingleShot(True)
        self._idle.timeout.connect(self.next_picture)
        self._ghost.timeout.connect(self._cover_alone)
        self.canvas.begun.connect(self._begin)
        self.canvas.led_on.connect(self._lead)
        self.canvas.finished.connect(self._rest)
        session.frame_arrived.connect(self._arrive)
        session.notice_posted.connect(self._read)

    def open_on(self, screen: QScreen) -> None:
        """Fill a screen, and show the first picture."""
        self.setScreen(screen)
        self.setGeometry(screen.geometry())
        self.showFullScreen()
        self.canvas.setFocus()
        self._session.begin_exhibiting()
        self._session.set_wanted("dream", True)
        self.next_picture()

    def next_picture(self) -> None:
        """Put the picture away, healed or not, and show the next one."""
        if self.canvas.painting:  # somebody holds the brush
            self._idle.start(round(1000 * self._settings.idle))
            return
        self._index += 1
        self._session.exhibit(self._index)
        self._idle.start(round(1000 * self._settings.turn))
        if self._settings.alone:
            self._ghost.start(SOON_MS)

    def leave(self) -> None:
        """Close, and bring back what was on the canvas before."""
        if self._leaving:
            return
        self._leaving = True
        for timer in (self._idle, self._ghost):
            timer.stop()
        self._session.set_wanted("dream", False)
        self._session.end_exhibiting()
        self.ended.emit()
        self.close()

    def _begin(self, points: tuple[Point, ...]) -> None:
        self._ghost.stop()
        self._idle.stop()
        self._session.cover(self._stroke(points))

    def _lead(self, points: tuple[Point, ...]) -> None:
        self._session.cover_on(points)

    def _rest(self) -> None:
        self._idle.start(round(1000 * self._settings.idle))

    def _stroke(self, points: tuple[Point, ...]) -> Stroke:
        return Stroke(Brush.HOLE, Form.LINE, points, self._brush())

    def _brush(self) -> float:
        return min(max(self._settings.brush * self._side, SMALLEST), LARGEST)

    def _cover_alone(self) -> None:
        """Cover a part of the picture with a stroke of its own, to be seen from afar."""
        width, height = self.canvas.whole
        if not width or not height:
            return
        turns = np.cumsum(self._random.normal(0, 0.7, GHOST_POINTS)) + self._random.uniform(0, 2 * np.pi)
        steps = 0.12 * min(width, height) * np.stack((np.cos(turns), np.sin(turns)), 1)
        start = np.array((width, height)) * self._random.uniform(0.3, 0.7, 2)
        places = start + np.cumsum(steps, 0)
        points = tuple((float(x), float(y), 1.0) for x, y in places)
        self._session.cover(self._stroke(points))

    def _arrive(self, kind: str, frame: object) -> None:
        if kind != "dream" or not isinstance(frame, DreamFrame) or self._leaving:
            return
        pictures = frame.pictures if frame.levels is None else frame.levels
        if not len(pictures):
            return
        self.canvas.set_reduction(frame.reduction)
        self.canvas.set_picture(pictures[0])
        side = min(self.canvas.whole)
        if side != self._side:
            self._side = side
            self.canvas.set_tool(PaintTool(size=self._brush()))

    def _read(self, notice: Notice) -> None:
        """Where a picture cannot be shown, show the next one a little later: nobody is here to read."""
        if notice.level is Level.ERROR and not self._leaving:
            self._idle.start(SOON_MS)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        modifiers, key = CHORD
        if event.key() == key and event.modifiers() == modifiers:
            self.leave()
        event.accept()

    def closeEvent(self, event: QCloseEvent) -> None:
        event.setAccepted(self._leaving)
