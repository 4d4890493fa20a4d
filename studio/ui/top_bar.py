"""The bar at the top: name, menus, project, workspaces, and what the machine does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QMenuBar, QSizePolicy, QWidget

from studio.jobs.status import Progress, RunState, RunStatus
from studio.session.notices import ProjectInfo
from studio.ui import numbers
from studio.ui.memory import resident_bytes
from studio.ui.widgets.buttons import Segments
from studio.ui.widgets.flow import FlowLayout
from studio.ui.widgets.labels import Chip, ElidedLabel
from studio.ui.workspaces import WORKSPACES

if TYPE_CHECKING:
    from studio.session.session import Session

HEIGHT = 44
MEMORY_MS = 2000


class TopBar(QFrame):
    """`workspace_chosen` carries the key of a workspace."""

    workspace_chosen = Signal(str)

    def __init__(self, session: Session, menus: QMenuBar, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.setFixedHeight(HEIGHT)
        self.name = QLabel("Harmonium")
        self.name.setProperty("role", "heading")
        self.title = ElidedLabel()
        self.title.setAccessibleName("Project")
        self.workspaces = Segments(
            [(space.key, space.text, space.tip) for space in WORKSPACES], role="workspace", name="Workspace"
        )
        self.workspaces.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.device = Chip("Device", "The device that computes")
        self.speed = Chip("Speed", "Pictures learned from per second")
        self.memory = Chip("Memory", "Memory this program holds")
        left, figures = QHBoxLayout(), QWidget()
        left.addWidget(self.name)
        left.addWidget(menus, 0, Qt.AlignmentFlag.AlignVCenter)
        left.addWidget(self.title, 1)
        left.setSpacing(8)
        # As tall as one line: a figure that finds no room goes to the next and out of sight. The speed goes first,
        # for the training tells it too.
        figures.setMinimumWidth(1)
        figures.setFixedHeight(HEIGHT)
        right = FlowLayout(figures, gap=12)
        right.push()
        for chip in (self.device, self.memory, self.speed):
            chip.setFixedHeight(HEIGHT)
            right.addWidget(chip)
        grid = QGridLayout(self)
        grid.setContentsMargins(16, 0, 16, 0)
        grid.addLayout(left, 0, 0)
        grid.addWidget(self.workspaces, 0, 1, Qt.AlignmentFlag.AlignCenter)
        grid.addWidget(figures, 0, 2)
        grid.setColumnStretch(0, 1)
        grid.setColumnStretch(2, 1)
        self._timer = QTimer(self)
        self._timer.setInterval(MEMORY_MS)
        self._timer.timeout.connect(self._measure)
        self._timer.start()
        self._measure()
        session.project_changed.connect(self._name_project)
        session.progressed.connect(self._show_progress)
        session.status_changed.connect(self._follow_status)
        session.devices_found.connect(self._show_device)
        session.recipe_changed.connect(self._show_device)
        self.workspaces.chosen.connect(self.workspace_chosen)
        self._name_project(session.project)
        self._show_device()

    def _name_project(self, info: ProjectInfo) -> None:
        name = info.path.stem if info.path else info.title
        self.title.setText(f"{name} *" if info.dirty else name)
        self.title.setToolTip(str(info.path) if info.path else "Not saved yet")

    def _show_progress(self, progress: Progress) -> None:
        if self._session.status.state is RunState.TRAINING:
            self.speed.show_text(f"{numbers.amount(progress.images_per_second)} pictures/s")
        self._show_device()

    def _follow_status(self, status: RunStatus) -> None:
        if status.state is not RunState.TRAINING:
            self.speed.show_text("")
        self._show_device()

    def _show_device(self, _changed: object = None) -> None:
        session = self._session
        busy = session.status.busy and session.progress is not None
        name = session.progress.device if busy and session.progress else session.device
        if name == "auto":
            name = automatic(session)
        label = next((device.label for device in session.devices if device.name == name), "")
        if name == "cpu":
            threads = session.recipe.training.threads
            label = f"CPU, {threads} thread{'s' if threads != 1 else ''}"
        self.device.show_text(label or name)

    def _measure(self) -> None:
        held = resident_bytes()
        self.memory.show_text(numbers.size(held) if held else "")


def automatic(session: Session) -> str:
    """Return the device that is chosen where nothing else is asked for, or nothing before they are known."""
    usable = [device.name for device in session.devices if not device.problem]
    return next((name for name in usable if name != "cpu"), "cpu" if usable else "")
