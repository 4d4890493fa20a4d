"""Moments of the dream that were kept, to go back to."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QInputDialog, QVBoxLayout, QWidget

from studio.dream.snapshot import MEGABYTE, Snapshot, SnapshotSettings
from studio.errors import SettingsError
from studio.session.notices import Notice
from studio.ui.binding import Form
from studio.ui.conditions import NO_MODEL
from studio.ui.fields import field
from studio.ui.widgets.allow import allow
from studio.ui.widgets.buttons import button
from studio.ui.widgets.flow import FlowLayout
from studio.ui.widgets.heading import Heading
from studio.ui.widgets.labels import dim_label
from studio.ui.widgets.snapshot_strip import SnapshotStrip

if TYPE_CHECKING:
    from studio.session.session import Session

SETTINGS = tuple(field(SnapshotSettings, name) for name in ("every", "megabytes"))


class SnapshotsPanel(QWidget):
    """A strip of snapshots, and how often and in how much memory they are kept."""

    compare_asked = Signal(int)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._asking: QInputDialog | None = None
        self.strip = SnapshotStrip()
        self.strip.hide()
        self.empty = dim_label("Keep a moment of the dream, and click it to go back.", wrap=True)
        self.keep_button = button("Keep", "Keep this moment of the dream (S)", role="link")
        self.settings_button = button("Settings", "How often snapshots come, and in how much memory", role="link")
        self.settings_button.setCheckable(True)
        self.form = Form(SETTINGS, session.snapshot_settings)
        self.form.hide()
        self.words = dim_label("", role="small")
        head = FlowLayout(gap=8, line_gap=0)
        head.addWidget(Heading("Snapshots"))
        head.addWidget(self.words)
        head.push()
        head.addWidget(self.settings_button)
        head.addWidget(self.keep_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 12, 16, 12)
        column.setSpacing(6)
        column.addLayout(head)
        for part in (self.form, self.empty, self.strip):
            column.addWidget(part)
        self.setMinimumWidth(200)
        self._connect()
        self._follow_model(session.family if session.has_model else None)
        self._follow(session.snapshots)

    def _connect(self) -> None:
        session, strip = self._session, self.strip
        session.snapshots_changed.connect(self._follow)
        session.snapshot_drawn_out.connect(self._give_file)
        session.rewound.connect(strip.set_current)
        session.model_changed.connect(self._follow_model)
        self.keep_button.clicked.connect(session.keep_snapshot)
        self.settings_button.toggled.connect(self.form.setVisible)
        self.form.edited.connect(session.set_snapshots)
        strip.rewind_asked.connect(session.rewind)
        strip.lock_asked.connect(session.lock_snapshot)
        strip.file_asked.connect(session.draw_out_snapshot)
        strip.name_asked.connect(self.ask_for_name)
        strip.compare_asked.connect(self.compare_asked)

    def ask_for_name(self, number: int) -> None:
        """Ask what a snapshot is called."""
        found = next((one for one in self._session.snapshots if one.number == number), None)
        if found is None or self._asking is not None:
            return
        dialog = QInputDialog(self)
        dialog.setWindowTitle("Name of the snapshot")
        dialog.setLabelText(f"What snapshot {number} is called; nothing for its sweep:")
        dialog.setTextValue(found.name)
        dialog.textValueSelected.connect(lambda name: self._name(number, name))
        dialog.finished.connect(self._answered)
        self._asking = dialog
        dialog.open()

    def go_back(self) -> None:
        """Go back to the snapshot that was kept last."""
        if self._session.snapshots:
            self._session.rewind(self._session.snapshots[-1].number)

    def _name(self, number: int, name: str) -> None:
        try:
            self._session.name_snapshot(number, name)
        except SettingsError as error:
            self._session.notify(Notice.of(error))

    def _answered(self) -> None:
        if self._asking is not None:
            self._asking.deleteLater()
            self._asking = None

    def _give_file(self, number: int, path: Path) -> None:
        self.strip.give_file(number, path)

    def _follow(self, snapshots: tuple[Snapshot, ...]) -> None:
        self.strip.set_snapshots(snapshots)
        self.strip.setVisible(bool(snapshots))
        self.empty.setVisible(not snapshots)
        total = sum(snapshot.bytes for snapshot in snapshots) / MEGABYTE
        self.words.setText(f"{len(snapshots)}, {max(0.1, total):.1f} MB" if snapshots else "")

    def _follow_model(self, model: object) -> None:
        allow(self.keep_button, "" if model is not None else NO_MODEL)
        if model is None:
            self._follow(())
        self.strip.set_current(0)
