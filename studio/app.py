"""The composition root of the window: application, session, main window, and what catches a crash."""

from __future__ import annotations

import gc
import logging
import os
import signal
import sys
import threading
from collections.abc import Sequence
from functools import partial
from importlib import import_module
from pathlib import Path
from types import FrameType

from PySide6.QtCore import QEvent, QObject, QSettings, QTimer, Signal
from PySide6.QtWidgets import QApplication

from studio.paths import reports
from studio.session.crash_hook import CrashHook
from studio.session.crash_log import REPORTS_KEY, CrashLog, remove, report
from studio.session.notices import Level, Notice
from studio.session.session import Session
from studio.ui.icons import app_icon
from studio.ui.main_window import TOUR_SEEN, MainWindow
from studio.ui.theme import Theme

LOG = logging.getLogger("studio")
SIGNALS_MS = 300
PLOTS = "studio.ui.widgets.curve_plot"
UNSEEN_MS = 500  # how long the session waits for a window that does not show, minimised for example


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


class Studio(QObject):
    """Application, session and window, made for each other; `show` sets them going."""

    def __init__(self, arguments: Sequence[str] = (), settings: QSettings | None = None) -> None:
        application = QApplication.instance() or QApplication([sys.argv[0], *arguments])
        assert isinstance(application, QApplication)
        super().__init__()
        application.setOrganizationName("Harmonium Studio")
        application.setApplicationName("Harmonium Studio")
        application.setQuitOnLastWindowClosed(False)
        self.settings = settings = QSettings() if settings is None else settings
        self.theme = Theme(application, settings)
        application.setWindowIcon(app_icon())
        application.setDesktopFileName("studio.harmonium.Harmonium")
        self.application = application
        self.session = Session(settings)
        self.crash_log = CrashLog(Path(str(settings.value(REPORTS_KEY) or reports())))
        self.crash = CrashHook(self.crash_log)
        self._told = CrashNotices(self.session)
        self.crash.crashed.connect(self._told.tell)
        self.crash_log.begin()
        self.crash.install()
        self.window = MainWindow(self.session, settings, self.theme)
        self.theme.dress()
        self.window.commands.report_asked.connect(self._show_report)
        self.window.ended.connect(application.quit)
        self._watch = SignalWatch()
        self._watch.asked.connect(self.window.close_at_once)
        self._watch.install()
        self._project: Path | None = None
        self._greets = False
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.timeout.connect(self._begin)
        self.session.devices_found.connect(self._settle)
        self.session.frame_arrived.connect(self._load_plots)

    def show(self, project: Path | None = None, *, greet: bool = False) -> None:
        """Show the window with a project, or else with the bundled model dreaming.

        With `greet` somebody who opens it for the first time is shown around; nobody is who measures it.
        """
        self._project = project
        self._greets = greet and project is None and not self.settings.contains(TOUR_SEEN)
        self.window.show()
        self.window.windowHandle().installEventFilter(self)
        self._later.start(UNSEEN_MS)

    def _begin(self) -> None:
        self.session.begin()
        if self._project is None:
            self.session.open_bundled()
        else:
            self.session.open_project(self._project)
        self.session.look_for_recoverable()
        self._show_crash()

    def _show_crash(self) -> None:
        """Show once how the studio crashed last."""
        left = self.crash_log.left()
        if left:
            self._open_report(left[0].text)
        elif self._greets:
            self.window.begin_tour()
        for each in left:
            remove(each.path)

    def _show_report(self) -> None:
        self._open_report()

    def _open_report(self, crash: str | None = None) -> None:
        from studio.ui.crash_dialog import CRASHED, PRESENT, CrashDialog  # the window has to show first

        title = PRESENT if crash is None else CRASHED
        CrashDialog(title, partial(self._report_of, crash), self.window).show()

    def _report_of(self, text: str | None) -> str:
        return report(self.crash_log.text() if text is None else text, self.session.devices)

    def _settle(self, _devices: object) -> None:
        # What torch brought stays; looking through it for garbage holds every thread up for a tenth of a second.
        gc.freeze()

    def _load_plots(self, *_first_frame: object) -> None:
        # Python takes up to a second for the plotting library; the window would stand still for it at the first Start.
        self.session.frame_arrived.disconnect(self._load_plots)
        threading.Thread(target=import_module, args=(PLOTS,), name="plots").start()

    def execute(self) -> int:
        """Serve the window until it has closed; returns the exit status."""
        status = self.application.exec()
        self.crash.remove()
        self.crash_log.end()
        if self.session.left_behind:
            # Qt aborts where a thread is destroyed while it runs, and this one waits for the system.
            self.settings.sync()
            logging.shutdown()
            os._exit(status)
        return status

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        # Python loads torch for more than a second, in which the first picture of the window would have to wait.
        if event.type() == QEvent.Type.Expose:
            watched.removeEventFilter(self)
            self._later.start(0)
        return super().eventFilter(watched, event)


def main(argv: Sequence[str]) -> int:
    """Open the window, with the project named in `argv` if there is one, and return the exit status."""
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    studio = Studio(argv)
    projects = [Path(path) for path in argv if path.lower().endswith(".harmonium")]
    studio.show(projects[0] if projects else None, greet=not argv)
    return studio.execute()
