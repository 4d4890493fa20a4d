"""The tour: five steps through the window, each beside the real thing, which can be used meanwhile."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from studio.ui.widgets.bubble import Bubble, Side
from studio.ui.widgets.buttons import button
from studio.ui.widgets.labels import dim_label

if TYPE_CHECKING:
    from studio.ui.main_window import MainWindow

LETTERS = 44  # in a line of a step, about
FRAME = 4  # pixels between a frame and what it frames
FORTH = (Qt.Key.Key_Right, Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Enter)
BACK = (Qt.Key.Key_Left, Qt.Key.Key_Up)


@dataclass(frozen=True, slots=True)
class Step:
    """What is said, and the widgets it is said of."""

    title: str
    words: str
    widgets: tuple[QWidget, ...]
    sides: tuple[Side, ...] = tuple(Side)


def steps_of(window: MainWindow) -> tuple[Step, ...]:
    strip = window.dream.strip
    above = (Side.ABOVE, Side.RIGHT, Side.LEFT, Side.BELOW)
    return (
        Step(
            "Drop your pictures",
            "A folder, some files, or one photograph of a material, dropped here. "
            "No pictures at hand? There are bundled sets.",
            (window.dataset,),
        ),
        Step(
            "Choose what learns",
            "Each kind of model has presets that are known to work. The first pictures choose one that suits them.",
            (window.model.families, window.model.preset),
        ),
        Step(
            "Press Start, and watch",
            "The dream changes while the model learns. Pause it, or stop and keep what it has learned, at any time.",
            (window.training.head.big,),
        ),
        Step(
            "Play the dream",
            "Temperature makes it wild or calm. Press B and paint on the canvas: what you cover is dreamt anew.",
            (strip.play_button, strip.temperature),
            above,
        ),
        Step(
            "Take it away",
            "Export saves a picture, a film or a seamless tile, with the recipe in it. "
            "Ctrl+S keeps the whole project. Shift+F1 opens the manual.",
            (strip.export_button,),
            above,
        ),
    )


class Frame(QWidget):
    """A line around what is spoken of; the mouse passes through it."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self.palette().color(QPalette.ColorRole.Accent), 2))
        painter.drawRoundedRect(self.rect().adjusted(1, 1, -2, -2), 6, 6)
        painter.end()


class Tour(Bubble):
    """Arrows and Enter move, Esc ends; `ended` follows once, however it ends."""

    ended = Signal()

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._steps = steps_of(window)
        self._place = 0
        self._watched: list[QWidget] = []
        # once for all that moves together, and never while the window is being taken down
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(0)
        self._later.timeout.connect(self._point)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.frame = Frame(window)
        self.title = QLabel()
        self.title.setProperty("role", "title")
        self.words = dim_label("", wrap=True, role="plain")
        self.words.setFixedWidth(LETTERS * self.words.fontMetrics().averageCharWidth())
        self.count = dim_label("")
        self.skip = button("Skip", "End the tour; Help, Tour begins it again (Esc)", role="link")
        self.back = button("Back", "The step before (Left)")
        self.next = button("Next", "The next step (Right, Enter)")
        for made in (self.skip, self.back, self.next):
            made.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the bubble has the keys
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.count)
        row.addStretch(1)
        for made in (self.skip, self.back, self.next):
            row.addWidget(made)
        column = QVBoxLayout(self)
        column.setSpacing(10)
        column.addWidget(self.title)
        column.addWidget(self.words)
        column.addLayout(row)
        self.skip.clicked.connect(self.end)
        self.back.clicked.connect(self.step_back)
        self.next.clicked.connect(self.step_on)

    @property
    def place(self) -> int:
        """Which step is in sight, from 0."""
        return self._place

    def begin(self) -> None:
        """Show the first step, with everything in sight that is spoken of."""
        self._window.show_workspace("train")
        self.show()
        self._show_step(0)
        self.setFocus()

    def step_on(self) -> None:
        if self._place + 1 < len(self._steps):
            self._show_step(self._place + 1)
        else:
            self.end()

    def step_back(self) -> None:
        self._show_step(max(0, self._place - 1))

    def end(self) -> None:
        """Leave."""
        self._later.stop()
        self._watch(())
        self.frame.deleteLater()
        self.close()
        self.ended.emit()

    def target(self) -> QRect:
        """Return where the window shows what is spoken of; empty where it does not."""
        shown = [seen_part(widget, self._window) for widget in self._steps[self._place].widgets]
        whole = QRect()
        for part in shown:
            whole = whole.united(part)
        return whole

    def _show_step(self, place: int) -> None:
        self._place = place
        step = self._steps[place]
        self.title.setText(step.title)
        self.words.setText(step.words)
        self.count.setText(f"{place + 1} of {len(self._steps)}")
        self.back.setEnabled(place > 0)
        last = place + 1 == len(self._steps)
        self.next.setText("Done" if last else "Next")
        self.skip.setVisible(not last)
        self.setAccessibleName(f"Tour, {self.count.text()}: {step.title}. {step.words}")
        for widget in step.widgets:
            bring_into_sight(widget)
        self._watch(step.widgets)
        self._point()

    def _watch(self, widgets: Sequence[QWidget]) -> None:
        """Follow what is spoken of, and all that holds it, wherever they go."""
        for old in self._watched:
            old.removeEventFilter(self)
        chain: list[QWidget] = []
        for each in widgets:
            held: QWidget | None = each
            while held is not None and held not in chain:
                chain.append(held)
                held = None if held is self._window else held.parentWidget()
        self._watched = chain
        for watched in chain:
            watched.installEventFilter(self)

    def _point(self) -> None:
        target = self.target()
        self.frame.setVisible(not target.isEmpty())
        if target.isEmpty():  # another workspace, or the panels are hidden
            self.move((self._window.width() - self.width()) // 2, (self._window.height() - self.height()) // 2)
            return
        framed = target.adjusted(-FRAME, -FRAME, FRAME, FRAME)
        self.frame.setGeometry(framed)
        self.point_at(framed, self._steps[self._place].sides)
        self.frame.raise_()
        self.raise_()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.Move, QEvent.Type.Resize, QEvent.Type.Show, QEvent.Type.Hide):
            self._later.start()
        return super().eventFilter(watched, event)

    def event(self, event: QEvent) -> bool:
        # arrows and Enter are the tour's, whatever the window has them for
        if event.type() is QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and takes(event):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key in FORTH:
            self.step_on()
        elif key in BACK:
            self.step_back()
        elif key == Qt.Key.Key_Escape:
            self.end()
        else:
            super().keyPressEvent(event)


def takes(event: QKeyEvent) -> bool:
    """Say whether a key is the tour's own."""
    plain = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier == Qt.KeyboardModifier.NoModifier
    return plain and event.key() in (*FORTH, *BACK, Qt.Key.Key_Escape)


def seen_part(widget: QWidget, window: QWidget) -> QRect:
    """Return the part of a widget that is in sight, in coordinates of its window."""
    if not widget.isVisible():
        return QRect()
    part = QRect(widget.mapTo(window, QPoint(0, 0)), widget.size())
    holder = widget.parentWidget()
    while holder is not None and holder is not window:
        part = part.intersected(QRect(holder.mapTo(window, QPoint(0, 0)), holder.size()))
        holder = holder.parentWidget()
    return part


def bring_into_sight(widget: QWidget) -> None:
    """Scroll every column that holds a widget so that it can be seen."""
    holder = widget.parentWidget()
    while holder is not None:
        if isinstance(holder, QScrollArea) and holds(holder, widget):
            across = holder.horizontalScrollBar().value()
            holder.ensureWidgetVisible(widget, 0, 8)
            holder.horizontalScrollBar().setValue(across)  # what is wider than its column stays at its left
        holder = holder.parentWidget()


def holds(column: QScrollArea, widget: QWidget) -> bool:
    """Say whether a widget is in what scrolls, and not over it."""
    content = column.widget()
    return content is not None and content.isAncestorOf(widget)
