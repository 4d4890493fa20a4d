"""A sentence that slides in above the canvas, and what to do about it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEasingCurve, QElapsedTimer, QPropertyAnimation, Qt, QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QWidget

from studio.session.notices import Level, Notice
from studio.ui.icons import IconButton
from studio.ui.widgets.labels import dim_label

SLIDE_MS = 160
INFO_MS = 8000
KEPT = 5
TOGETHER_MS = 3000  # what is posted within these belongs together
LEAST = 320  # of the width
SLACK = 4  # pixels by which a label is wider than its words


class Banner(QFrame):
    """Shows the latest notice; behind it wait those that were posted along with it, or before an information.

    Warnings and errors stay until they are dismissed, until their cause is gone, or until something later takes
    their place.
    """

    def __init__(self, speak: Callable[[str], str] = str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._speak = speak  # puts sentences into the window's words
        self.setProperty("role", "banner")
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self._notices: list[Notice] = []
        self._latest = QElapsedTimer()
        self._icon = IconButton("info", "Kind of message", "")
        self._icon.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._icon.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._message = QLabel()
        self._message.setWordWrap(True)
        self._message.setTextFormat(Qt.TextFormat.PlainText)  # a file may be named like a tag
        self._hint = dim_label("", wrap=True)
        self._close = IconButton("close", "Dismiss", "Dismiss this message (Esc)")
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(12, 8, 8, 8)
        self._row.setSpacing(8)
        for label in (self._message, self._hint):
            policy = label.sizePolicy()
            policy.setHorizontalPolicy(QSizePolicy.Policy.Ignored)  # its share of the row is worked out below
            label.setSizePolicy(policy)
        for part in (self._icon, self._message, self._hint, self._close):
            self._row.addWidget(part)
        self._slide = QPropertyAnimation(self, b"maximumHeight", self)
        self._slide.setDuration(SLIDE_MS)
        self._slide.setEasingCurve(QEasingCurve.Type.OutCubic)
        self._slide.finished.connect(self._settled)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.dismiss)
        self._close.clicked.connect(self.dismiss)
        self.setMaximumHeight(0)
        self.hide()

    def post(self, notice: Notice) -> None:
        """Show a notice."""
        if self._notices and self._notices[-1].level is Level.INFO:
            self._notices.pop()
        if notice.level is not Level.INFO and (not self._latest.isValid() or self._latest.elapsed() > TOGETHER_MS):
            self._notices = [other for other in self._notices if other == notice]
        self._latest.start()
        if notice not in self._notices:
            self._notices = [*self._notices[-KEPT + 1 :], notice]
        self._show_last()

    def clear(self) -> None:
        """Take all away: they are of another project."""
        self._notices.clear()
        self._show_last()

    def withdraw(self, notice: Notice) -> None:
        """Take one away whose cause is gone."""
        if notice in self._notices:
            self._notices.remove(notice)
            self._show_last()

    def dismiss(self) -> None:
        if self._notices:
            self._notices.pop()
        self._show_last()

    @property
    def notice(self) -> Notice | None:
        """The notice in sight."""
        return self._notices[-1] if self._notices else None

    def _show_last(self) -> None:
        self._timer.stop()
        notice = self.notice
        if notice is None:
            self._slide_to(0)
            return
        self._icon.set_icon(notice.level.value)
        message, hint = self._speak(notice.message), self._speak(notice.hint)
        self._message.setText(message)
        self._hint.setText(hint)
        self._hint.setVisible(bool(hint))
        self.setAccessibleName(f"{notice.level.value}: {message} {hint}".strip())
        if notice.level is Level.INFO:
            self._timer.start(INFO_MS)
        self.show()
        self._share_room()
        self._slide_to(max(self.sizeHint().height(), self.heightForWidth(max(LEAST, self.width()))))

    def _share_room(self) -> None:
        """Give message and hint the widths at which the taller of both is as low as can be."""
        margins = self._row.contentsMargins()
        beside = self._icon.width() + self._close.width() + 3 * self._row.spacing() + margins.left() + margins.right()
        wanted = [label.fontMetrics().horizontalAdvance(label.text()) + SLACK for label in (self._message, self._hint)]
        first, second = shares(max(1, max(LEAST, self.width()) - beside), *wanted)
        self._row.setStretchFactor(self._message, first)
        self._row.setStretchFactor(self._hint, second)

    def _slide_to(self, height: int) -> None:
        self._slide.stop()
        self._slide.setStartValue(min(self.height(), self.maximumHeight()))
        self._slide.setEndValue(height)
        self._slide.start()

    def _settled(self) -> None:
        if self.notice is None:
            self.hide()
        else:
            self.setMaximumHeight(200)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._share_room()


def shares(room: int, message: int, hint: int) -> tuple[int, int]:
    """Return the widths of two sentences in a room, of those they have in one line.

    Where both fit, hints stand below each other; else a short one keeps its line, and the other has the rest.
    """
    if message <= 0.6 * room and hint <= 0.4 * room:
        return round(0.6 * room), room - round(0.6 * room)
    half = room // 2
    fair = round(room * message / (message + hint))
    first = min(max(fair, min(message, half)), room - min(hint, half))
    return max(1, first), max(1, room - first)
