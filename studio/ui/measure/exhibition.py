"""A day in the gallery, shortened: random visitors paint, and memory is watched."""

from __future__ import annotations

import time
from collections.abc import Mapping
from tempfile import TemporaryDirectory

import numpy as np
from PySide6.QtCore import QEvent, QObject, QPointF, Qt, QTimer
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication

from studio.cli.report import Figure
from studio.errors import StudioError
from studio.session.notices import Level, Notice
from studio.ui.gallery import Gallery, GallerySettings
from studio.ui.measure.memory import growth, resident
from studio.ui.measure.opened import Opened, Opener, open_fresh
from studio.ui.measure.responsive import LONGEST_GAP, RSS_SLOPE, SAMPLE_MS
from studio.ui.measure.watchdog import Watchdog

MOVE_MS = 25
STROKE_MOVES = (8, 60)
REST_MOVES = (10, 120)
SETTLED = 0.25  # of the time, after which memory should stand still
PATIENCE_MS = 60_000
SETTINGS = GallerySettings(idle=8.0, turn=15.0)


class Visitors(QObject):
    """Opens the gallery on the bundled model and paints strokes at random until the time is over."""

    def __init__(self, opened: Opened, minutes: float, seed: int = 0) -> None:
        super().__init__()
        self._session, self._window = opened.session, opened.window
        self._minutes = minutes
        self._random = np.random.Generator(np.random.PCG64(seed))
        self.watchdog = Watchdog(self)
        self.memory: list[tuple[float, float]] = []
        self.strokes = 0
        self.errors: list[str] = []
        self._began = 0.0
        self._moves = 0
        self._place = QPointF()
        self._drift = QPointF()
        self._hand, self._sampler, self._late = QTimer(self), QTimer(self), QTimer(self)
        self._hand.setInterval(MOVE_MS)
        self._hand.timeout.connect(self._move)
        self._sampler.setInterval(SAMPLE_MS)
        self._sampler.timeout.connect(self._sample)
        self._late.setSingleShot(True)
        self._late.timeout.connect(self._give_up)
        self._late.start(PATIENCE_MS)
        self._session.dataset_changed.connect(self._enter)
        self._session.player_changed.connect(self._enter)
        self._session.notice_posted.connect(self._read)

    @property
    def began(self) -> bool:
        return self._began > 0

    def _enter(self, _news: object) -> None:
        if self._began or not self._window.menus.actions["gallery"].isEnabled():
            return
        self._late.stop()
        self._began = time.perf_counter()
        QTimer.singleShot(0, self, self._open)

    def _open(self) -> None:
        self._window.open_gallery(SETTINGS)
        self.watchdog.start()
        self._hand.start()
        self._sampler.start()

    def _move(self) -> None:
        gallery = self._window.gallery
        if gallery is None:
            return
        if self._moves == 0:
            self._begin(gallery)
        elif self._moves == 1:
            self._send(gallery, QEvent.Type.MouseButtonRelease)
            self._moves = -int(self._random.integers(*REST_MOVES))
        elif self._moves > 1:
            turn = self._random.normal(0, 4, 2)
            self._drift = self._drift * 0.9 + QPointF(float(turn[0]), float(turn[1]))
            self._place += self._drift
            self._send(gallery, QEvent.Type.MouseMove)
            self._moves -= 1
        else:
            self._moves += 1

    def _begin(self, gallery: Gallery) -> None:
        self._moves = int(self._random.integers(*STROKE_MOVES))
        size = gallery.canvas.size()
        share = self._random.uniform(0.2, 0.8, 2)
        self._place = QPointF(float(share[0]) * size.width(), float(share[1]) * size.height())
        self._send(gallery, QEvent.Type.MouseButtonPress)
        self.strokes += 1

    def _send(self, gallery: Gallery, kind: QEvent.Type) -> None:
        left = Qt.MouseButton.LeftButton
        moves = kind is QEvent.Type.MouseMove
        pressed = Qt.MouseButton.NoButton if kind is QEvent.Type.MouseButtonRelease else left
        event = QMouseEvent(
            kind,
            self._place,
            gallery.canvas.mapToGlobal(self._place),
            Qt.MouseButton.NoButton if moves else left,
            pressed,
            Qt.KeyboardModifier.NoModifier,
        )
        QApplication.sendEvent(gallery.canvas, event)

    def _sample(self) -> None:
        seconds = time.perf_counter() - self._began
        self.memory.append((seconds, resident()))
        if seconds >= 60 * self._minutes:
            self._close()

    def _read(self, notice: Notice) -> None:
        if notice.level is Level.ERROR:
            self.errors.append(f"{notice.message} {notice.hint}".strip())

    def _give_up(self) -> None:
        self._close()

    def _close(self) -> None:
        for timer in (self._hand, self._sampler, self._late):
            timer.stop()
        self.watchdog.stop()
        self._window.close_at_once()


def bench_gallery(opener: Opener, minutes: float) -> Mapping[str, Figure]:
    """Let visitors paint in the gallery; returns growth of memory, the longest gap, strokes and errors."""
    folder = TemporaryDirectory(prefix="harmonium-")
    with folder:
        opened = open_fresh(opener, folder)
        visitors = Visitors(opened, minutes)
        opened.show()
        opened.execute()
    if not visitors.began:
        raise StudioError("The gallery did not open.", " ".join(visitors.errors) or "Look into the log.")
    settled = [sample for sample in visitors.memory if sample[0] >= 60 * minutes * SETTLED]
    slope = growth(settled)
    gap = visitors.watchdog
    return {
        "gallery.minutes": Figure(minutes, "min"),
        "gallery.strokes": Figure(visitors.strokes, ""),
        "gallery.errors": Figure(len(visitors.errors), ""),
        "gallery.rss_slope": Figure(slope, "MB/min", RSS_SLOPE, slope / RSS_SLOPE),
        "gallery.rss": Figure(visitors.memory[-1][1], "MB"),
        "gallery.gap_p95": Figure(gap.p95, "ms"),
        "gallery.longest_gap": Figure(gap.longest, "ms", LONGEST_GAP, gap.longest / LONGEST_GAP),
    }
