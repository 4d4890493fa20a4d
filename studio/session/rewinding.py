"""The part of the session that goes back: snapshots of the dream, kept, named, and returned to."""

from __future__ import annotations

import re
from collections import deque
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from PySide6.QtCore import QObject, QSettings

from studio.dream.snapshot import Mark, SnapshotSettings
from studio.errors import SettingsError
from studio.session.answers import Rewound, SnapshotPicture
from studio.session.composing import turned
from studio.session.core import CANVAS
from studio.session.dreaming import Dreaming
from studio.session.undo import Document
from studio.session.worker import Reply

KEEP = "Keeping a snapshot"
REWIND = "Rewinding"
LOOK_AT = "Looking at a snapshot"
DRAW_OUT = "Drawing out a snapshot"
EVERY_KEY, MEMORY_KEY = "snapshots/every", "snapshots/megabytes"


class Rewinding(Dreaming):
    """Snapshots by number, as the compute thread keeps them; names and locks can be undone."""

    def __init__(self, settings: QSettings, parent: QObject | None = None) -> None:
        super().__init__(settings, parent)
        self._store = settings
        self._rewinds: deque[Document] = deque()  # what was in force when each was asked for
        self._drawn_out: TemporaryDirectory[str] | None = None
        self.snapshot_settings = stored(settings)
        self._pump.frame_arrived.connect(self._take_snapshots)
        self.files.drawn_out.connect(self.snapshot_drawn_out)
        self.closed.connect(self._clean_up)
        self._send_marks()

    def keep_snapshot(self) -> None:
        """Keep where the dream stands; snapshots_changed follows."""
        if self.has_model:
            self._compute.ask(KEEP, lambda workshop: workshop.keep_snapshot())

    def rewind(self, number: int) -> None:
        """Go back to a snapshot: to its picture, settings, mixer and alterations, to what was held and painted then."""
        if self.has_model:
            self._rewinds.append(self.document)
            self._compute.ask(REWIND, lambda workshop: workshop.rewind(number))

    def look_at_snapshot(self, number: int) -> None:
        """Ask for a snapshot as the screen wants it; snapshot_shown follows."""
        if self.has_model:
            self._compute.ask(LOOK_AT, lambda workshop: workshop.look_at(number, whole=False))

    def draw_out_snapshot(self, number: int) -> None:
        """Make a file of a snapshot, to be dragged to another program; snapshot_drawn_out follows."""
        if self.has_model:
            self.work_changed.emit(DRAW_OUT)  # a large one takes its time
            self._compute.ask(DRAW_OUT, lambda workshop: workshop.look_at(number))

    def name_snapshot(self, number: int, name: str) -> None:
        """Give a snapshot a name, or take it away; raises SettingsError on one that is too long."""
        before = self._mark_of(number)
        self._set_mark(replace(before, name=name.strip()), "the name of a snapshot")

    def lock_snapshot(self, number: int, locked: bool) -> None:
        """Let a snapshot stay when memory is short, or let it go."""
        self._set_mark(replace(self._mark_of(number), locked=locked), "the lock of a snapshot")

    def set_snapshots(self, settings: SnapshotSettings) -> None:
        """Keep snapshots so from now on, in this project and in others."""
        if settings != self.snapshot_settings:
            self.snapshot_settings = settings
            self._store.setValue(EVERY_KEY, settings.every)
            self._store.setValue(MEMORY_KEY, settings.megabytes)
            self._send_marks()

    def _mark_of(self, number: int) -> Mark:
        return next((mark for mark in self._marks if mark.number == number), Mark(number))

    def _set_mark(self, mark: Mark, label: str) -> None:
        if mark == self._mark_of(mark.number):
            return
        self._undo.changed(label, self.document)  # nothing that a project would keep
        self.undo_changed.emit(*self._undo.labels)
        others = [other for other in self._marks if other.number != mark.number]
        self._mark_with((*others, mark) if mark != Mark(mark.number) else tuple(others))

    def _take_snapshots(self, kind: str, frame: object) -> None:
        if kind == "snapshots" and isinstance(frame, tuple):
            self.snapshots = frame
            if not frame:
                self._marks = ()
            self.snapshots_changed.emit(frame)

    def _take_past(self, reply: Reply) -> None:
        """Hand on what was asked of snapshots."""
        value = reply.value
        asked = self._rewinds.popleft() if reply.task == REWIND else self.document
        if isinstance(value, Rewound):
            self._take_rewound(value, asked)
        elif isinstance(value, SnapshotPicture) and reply.task == DRAW_OUT:
            self.files.draw_out(self._place_of(value), value)
        elif isinstance(value, SnapshotPicture):
            self.snapshot_shown.emit(value)
        elif reply.task == DRAW_OUT:
            self.work_changed.emit("")

    def _take_rewound(self, rewound: Rewound, asked: Document) -> None:
        """Show what is in force again; what was turned since it was asked for stays turned."""
        canvas, since = rewound.canvas, turned(asked.dream, self.dream)
        mixer = rewound.mixer if self.mixer == asked.mixer else self.mixer
        dream = replace(canvas.settings, **since)
        before = self.dream, self.hold, self.mixer, self.strokes, self.altered
        if (dream, canvas.hold, mixer, rewound.strokes, rewound.altered) != before:
            self._remember("going back to a snapshot")
        framed = canvas.hold is not None and canvas.hold.framed
        there = all(getattr(dream, name) == getattr(self.dream, name) for name in CANVAS)
        self._own = self._with_own_canvas(dream) if framed or (self._own is not None and there) else None
        self._set_strokes(rewound.strokes)
        self._show_mixer(mixer)
        self._show_altered(rewound.altered)
        self._take_canvas(canvas, whole=True)
        self._play_with(dream)
        self.rewound.emit(rewound.number)

    def _place_of(self, value: SnapshotPicture) -> Path:
        if self._drawn_out is None:
            self._drawn_out = TemporaryDirectory(prefix="harmonium-", ignore_cleanup_errors=True)
        name = re.sub(r"[^\w .-]+", "-", value.snapshot.title.replace(",", "")).strip(" .") or "dream"
        return Path(self._drawn_out.name) / f"{name} {value.snapshot.number}.png"

    def _clean_up(self) -> None:
        if self._drawn_out is not None:
            self._drawn_out.cleanup()
            self._drawn_out = None


def stored(settings: QSettings) -> SnapshotSettings:
    """Return the settings that were chosen last, or the usual ones where what is stored cannot be."""
    usual = SnapshotSettings()
    try:
        return SnapshotSettings(
            int(str(settings.value(EVERY_KEY, usual.every))), int(str(settings.value(MEMORY_KEY, usual.megabytes)))
        )
    except (SettingsError, ValueError):
        return usual
