"""What nobody caught, in any thread, becomes a line of the crash log and a sentence."""

from __future__ import annotations

import logging
import sys
import threading
from types import TracebackType

from PySide6.QtCore import QMessageLogContext, QObject, QtMsgType, Signal, qInstallMessageHandler

from studio.session.crash_log import CrashLog

LOG = logging.getLogger("studio")
OFFSCREEN_REMARK = "This plugin does not support"  # Qt's offscreen platform says it of every window


class CrashHook(QObject):
    """Turns what nobody caught, in any thread, into a line of the log and a sentence of the banner, once each."""

    crashed = Signal(str)

    def __init__(self, log: CrashLog | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._log = log

    def install(self) -> None:
        sys.excepthook = self._caught
        threading.excepthook = self._caught_in_thread
        sys.unraisablehook = self._unraisable
        qInstallMessageHandler(self._qt_said)

    def remove(self) -> None:
        sys.excepthook = sys.__excepthook__
        threading.excepthook = threading.__excepthook__
        sys.unraisablehook = sys.__unraisablehook__
        qInstallMessageHandler(None)

    def _caught(self, kind: type[BaseException], error: BaseException | None, trace: TracebackType | None) -> None:
        if self._log is not None and not self._log.crashed(kind, error, trace):
            return  # a panel that fails at every frame is told of once
        LOG.critical("Nobody caught this.", exc_info=(kind, error or kind(), trace))
        # emitted from the thread that crashed; the window's slot is called on its own
        self.crashed.emit(f"Something went wrong inside the studio: {kind.__name__}: {error}")

    def _caught_in_thread(self, thrown: threading.ExceptHookArgs) -> None:
        if thrown.exc_type is not SystemExit:
            self._caught(thrown.exc_type, thrown.exc_value, thrown.exc_traceback)

    def _unraisable(self, thrown: sys.UnraisableHookArgs) -> None:
        # where an object is taken apart nothing can be raised, and nothing is lost: it is written down, not told
        if self._log is not None:
            self._log.crashed(thrown.exc_type, thrown.exc_value, thrown.exc_traceback)
        LOG.error("Nobody could catch this: %s: %s", thrown.exc_type.__name__, thrown.exc_value)

    def _qt_said(self, kind: QtMsgType, context: QMessageLogContext, message: str) -> None:
        if message.startswith(OFFSCREEN_REMARK):
            return
        level = {
            QtMsgType.QtDebugMsg: logging.DEBUG,
            QtMsgType.QtInfoMsg: logging.INFO,
            QtMsgType.QtWarningMsg: logging.WARNING,
        }.get(kind, logging.ERROR)
        LOG.log(level, "Qt %s: %s", context.category or "", message)
