"""Pulls what the compute thread has published, at display rate, on the window's thread."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from studio.jobs.feed import Feed

INTERVAL_MS = 33


class FramePump(QObject):
    """Emits the points and the latest frames since its last turn; nothing when there are none."""

    points_arrived = Signal(object)  # list[Point]
    frame_arrived = Signal(str, object)

    def __init__(self, feed: Feed, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._feed = feed
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(INTERVAL_MS)
        self._timer.timeout.connect(self.pump)

    def start(self) -> None:
        self._timer.start()

    def stop(self) -> None:
        self._timer.stop()

    def pump(self) -> None:
        """Deliver everything published so far."""
        points = self._feed.drain()
        if points:
            self.points_arrived.emit(points)
        for kind, frame in self._feed.take().items():
            self.frame_arrived.emit(kind, frame)
