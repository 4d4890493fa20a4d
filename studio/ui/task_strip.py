"""What is done bit by bit beside the dream: a line for each task, with how far it is and a way to stop it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QVBoxLayout, QWidget

from studio.session.taking import TaskInfo
from studio.ui.widgets.buttons import button
from studio.ui.widgets.labels import SteadyLabel, dim_label

if TYPE_CHECKING:
    from studio.session.session import Session

MOST_SHOWN = 4
LONGEST = 28  # letters of a name


class TaskRow(QWidget):
    """One task."""

    def __init__(self, info: TaskInfo, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.number = info.number
        self.name = dim_label(shortened(info.name))
        self.name.setToolTip(info.name)
        self.name.setAccessibleName(f"Making {info.name}")
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setMinimumWidth(60)
        self.bar.setToolTip("How far it is")
        self.bar.setAccessibleName(f"Progress of {info.name}")
        self.count = SteadyLabel("small")
        self.cancel = button("Cancel", f"Stop making {info.name}; files that are written stay", role="link")
        self.cancel.setAccessibleName(f"Cancel {info.name}")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        row.addWidget(self.name)
        row.addWidget(self.bar, 1)
        row.addWidget(self.count)
        row.addWidget(self.cancel)
        self.show_task(info)

    def show_task(self, info: TaskInfo) -> None:
        """Show how far the task is."""
        # Qt counts to 2**31 only, and sweeps may be more.
        self.bar.setRange(0, 1000)
        self.bar.setValue(round(1000 * info.done / info.total) if info.total else 0)
        self.count.setText(f"{info.done:,} of {info.total:,} {info.words}" if info.total else "waits")


class TaskStrip(QWidget):
    """Shows the tasks of a session; hidden while there are none."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.rows: list[TaskRow] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(16, 8, 16, 8)
        self._column.setSpacing(6)
        session.tasks_changed.connect(self._follow)
        self._follow(session.tasks)

    def _follow(self, tasks: tuple[TaskInfo, ...]) -> None:
        shown = tasks[:MOST_SHOWN]
        if [row.number for row in self.rows] != [info.number for info in shown]:
            self._lay_out(shown)
        for row, info in zip(self.rows, shown, strict=True):
            row.show_task(info)
        self.setVisible(bool(shown))

    def _lay_out(self, shown: tuple[TaskInfo, ...]) -> None:
        kept = {row.number: row for row in self.rows}
        self.rows = []
        for info in shown:
            row = kept.pop(info.number, None)
            if row is None:
                row = TaskRow(info, self)
                row.cancel.clicked.connect(partial(self._cancel, info.number))
                self._column.addWidget(row)
            self.rows.append(row)
        for gone in kept.values():
            self._column.removeWidget(gone)
            gone.hide()
            gone.deleteLater()

    def _cancel(self, number: int, _checked: bool = False) -> None:
        self._session.cancel_task(number)


def shortened(name: str) -> str:
    """Return a name that leaves room for the bar."""
    return name if len(name) <= LONGEST else f"{name[: LONGEST - 8]}...{name[-5:]}"
