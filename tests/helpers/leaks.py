"""What a test must not leave behind: Python threads, QThreads, active QTimers, top-level widgets.

Qt is looked at only where a test module has imported it, and no application is created for the looking.
"""

from __future__ import annotations

import gc
import sys
import threading
import traceback
import weakref
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

GRACE = 3.0  # seconds a thread that was told to end may still take


class Watch:
    """Begins before a test; `finish` says in sentences what is left, and clears it away for the next test."""

    def __init__(self) -> None:
        self._threads = set(threading.enumerate())
        self._started: list[tuple[weakref.ref[Any], str]] = []
        self._originals: list[tuple[Any, Any]] = []
        self._widgets = top_level_widgets()
        if "PySide6.QtCore" in sys.modules:
            from PySide6.QtCore import QThread, QTimer

            self._record(QThread)
            self._record(QTimer)

    def _record(self, kind: Any) -> None:
        """Note every object of this kind that is started, and from where."""
        original = kind.start
        started = self._started

        def start(self: Any, *arguments: Any, **keywords: Any) -> Any:
            started.append((weakref.ref(self), caller()))
            return original(self, *arguments, **keywords)

        kind.start = start
        self._originals.append((kind, original))

    def finish(self) -> list[str]:
        for kind, original in self._originals:
            kind.start = original
        left = self._python_threads()
        if self._originals:
            deliver_deletions()
            left += self._qt_threads() + self._timers()
        return left + self._top_levels()

    def _python_threads(self) -> list[str]:
        left = []
        for thread in set(threading.enumerate()) - self._threads:
            # A dummy stands for a thread that Python did not start; it stays listed when that has long ended.
            if isinstance(thread, threading._DummyThread):
                continue
            thread.join(GRACE)
            if thread.is_alive():
                left.append(f"- Python thread {thread.name!r} still runs: tell it to end, then join it.")
        return left

    def _qt_threads(self) -> list[str]:
        from PySide6.QtCore import QThread

        left = []
        for thread, where in self._alive(QThread):
            if thread.isRunning() and not thread.wait(int(1000 * GRACE)):
                left.append(f"- QThread started at {where} still runs: ask it to stop, then wait() for it.")
                # Destroying a running QThread aborts the process, and with it the report.
                thread.requestInterruption()
                thread.quit()
                thread.wait(int(1000 * GRACE))
        return left

    def _timers(self) -> list[str]:
        from PySide6.QtCore import QTimer

        left = []
        for timer, where in self._alive(QTimer):
            if timer.isActive():
                timer.stop()
                left.append(f"- QTimer started at {where} is active: stop it, or give it a parent that closes.")
        return left

    def _alive(self, kind: type[Any]) -> list[tuple[Any, str]]:
        import shiboken6

        found = {}
        for reference, where in self._started:
            thing = reference()
            if thing is not None and shiboken6.isValid(thing) and isinstance(thing, kind):
                found[id(thing)] = (thing, where)
        return list(found.values())

    def _top_levels(self) -> list[str]:
        if not self._new_widgets():
            return []
        gc.collect()
        deliver_deletions()
        left = []
        for widget in self._new_widgets():
            left.append(
                f"- Top-level widget {type(widget).__name__} {widget.objectName()!r} is still there: "
                "hand it to qtbot.addWidget, or give it a parent."
            )
            widget.close()
            widget.deleteLater()
        deliver_deletions()
        return left

    def _new_widgets(self) -> list[QWidget]:
        return [widget for widget in top_level_widgets() if not any(widget is old for old in self._widgets)]


def top_level_widgets() -> list[QWidget]:
    """Return the widgets without a parent, when there is an application."""
    if "PySide6.QtWidgets" not in sys.modules:
        return []
    from PySide6.QtWidgets import QApplication

    if not isinstance(QApplication.instance(), QApplication):
        return []
    return [widget for widget in QApplication.topLevelWidgets() if widget.parent() is None]


def deliver_deletions() -> None:
    """Carry out every deleteLater() that still waits for an event loop."""
    from PySide6.QtCore import QCoreApplication, QEvent

    if QCoreApplication.instance() is not None:
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


def caller() -> str:
    """Say where the code outside this file was that led here."""
    frame = next(frame for frame in reversed(traceback.extract_stack()) if frame.filename != __file__)
    return f"{frame.filename}:{frame.lineno}"
