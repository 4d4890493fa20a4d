"""The composition root of the window: application, session, main window, and what catches a crash."""

from __future__ import annotations

import logging
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from types import FrameType, TracebackType

from PySide6.QtCore import QMessageLogContext, QObject, QSettings, QTimer, QtMsgType, Signal, qInstallMessageHandler
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication

from studio.session.notices import Level, Notice
from studio.session.session import Session
from studio.ui.icons import icon
from studio.ui.main_window import MainWindow
from studio.ui.theme import Theme

LOG = logging.getLogger("studio")
SIGNALS_MS = 300


class CrashHook(QObject):
    """Turns what nobody caught, in any thread, into a line of the log and a sentence of the banner."""

    crashed = Signal(str)

    def install(self) -> None:
        sys.excepthook = self._caught
        qInstallMessageHandler(self._qt_said)

    def remove(self) -> None:
        sys.excepthook = sys.__excepthook__
        qInstallMessageHandler(None)

    def _caught(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        LOG.critical("Nobody caught this.", exc_info=(kind, error, trace))
        # emitted from the thread that crashed; the window's slot is called on its own
        self.crashed.emit(f"Something went wrong inside the studio: {kind.__name__}: {error}")

    def _qt_said(self, kind: QtMsgType, context: QMessageLogContext, message: str) -> None:
        level = {
            QtMsgType.QtDebugMsg: logging.DEBUG,
            QtMsgType.QtInfoMsg: logging.INFO,
            QtMsgType.QtWarningMsg: logging.WARNING,
        }.get(kind, logging.ERROR)
        LOG.log(level, "Qt %s: %s", context.category or "", message)


class CrashNotices(QObject):
    """Receives crashes on the thread of the window."""

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session

    def tell(self, sentence: str) -> None:
        hint = "Save the project under another name and start the studio again."
        self._session.notify(Notice(Level.ERROR, sentence, hint))


class SignalWatch(QObject):
    """Closes the window on SIGINT and SIGTERM; the timer lets Python look, since it cannot inside Qt's loop."""

    asked = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._received = False
        self._timer = QTimer(self)
        self._timer.setInterval(SIGNALS_MS)
        self._timer.timeout.connect(self._look)

    def install(self) -> None:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._take)
        self._timer.start()

    def _take(self, _number: int, _frame: FrameType | None) -> None:
        self._received = True

    def _look(self) -> None:
        if self._received:
            self._received = False
            self.asked.emit()


def main(argv: Sequence[str]) -> int:
    """Open the window, with the project named in `argv` if there is one, and return the exit status."""
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    app = QApplication.instance() or QApplication([sys.argv[0], *argv])
    assert isinstance(app, QApplication)
    app.setOrganizationName("Harmonium Studio")
    app.setApplicationName("Harmonium Studio")
    app.setQuitOnLastWindowClosed(False)
    settings = QSettings()
    theme = Theme(app, settings)
    app.setWindowIcon(icon("app", QColor(theme.colours.accent)))
    session = Session(settings)
    crash = CrashHook()
    told = CrashNotices(session)
    crash.crashed.connect(told.tell)
    crash.install()
    window = MainWindow(session, settings, theme)
    watch = SignalWatch()
    watch.asked.connect(window.close_at_once)
    watch.install()
    window.ended.connect(app.quit)
    window.show()
    session.begin()
    for path in argv:
        if path.lower().endswith(".harmonium"):
            session.open_project(Path(path))
    status = app.exec()
    crash.remove()
    return status
