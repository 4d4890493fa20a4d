"""Workspaces: what is visible and how large, each remembered as it was left."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QByteArray, QSettings
from PySide6.QtWidgets import QSplitter, QWidget

COLUMN = 284
NARROW = 0.25  # share of the window up to which a column is as wide as its text wants
FILL, INSPECT = "fill", "inspect"


@dataclass(frozen=True, slots=True)
class Workspace:
    """Which regions are shown; `right` and `below` are shares of the window, 0 hides the region."""

    key: str
    text: str
    tip: str
    left: bool
    right: float
    below: float


WORKSPACES: tuple[Workspace, ...] = (
    Workspace("train", "Train", "Pictures, model, training, canvas, filters and curves (Alt+1)", True, 0.2, 0.24),
    Workspace(INSPECT, "Inspect", "Filters large, curves below (Alt+2)", False, 0.5, 0.3),
    Workspace("dream", "Dream", "The canvas large, filters beside it (Alt+3)", False, 0.2, 0.0),
    Workspace(FILL, "Fill", "Paint holes and watch them heal (Alt+4)", False, 0.28, 0.0),
)


class Regions:
    """The four regions and their splitters; `show` lays them out as a workspace, columns as wide as `text` is large."""

    def __init__(
        self,
        across: QSplitter,
        down: QSplitter,
        left: QWidget,
        right: QWidget,
        below: QWidget,
        settings: QSettings,
        text: float,
    ) -> None:
        self._across, self._down = across, down
        self._left, self._right, self._below = left, right, below
        self._settings = settings
        self._column = round(COLUMN * text)
        self._current: Workspace | None = None
        self._hidden = False

    @property
    def key(self) -> str:
        return self._current.key if self._current else ""

    @property
    def hidden(self) -> bool:
        """Whether all but the canvas is hidden."""
        return self._hidden

    def show(self, key: str) -> None:
        """Switch to a workspace, in the sizes it was left in."""
        self.remember()
        space = next((item for item in WORKSPACES if item.key == key), WORKSPACES[0])
        self._current = space
        self._hidden = False
        self._show_parts()
        states = [self._settings.value(f"workspace/{space.key}/{name}") for name in ("across", "down")]
        if not all(isinstance(state, QByteArray) for state in states):
            self._default_sizes(space)
            return
        self._across.restoreState(states[0])
        self._down.restoreState(states[1])

    def hide_panels(self, hidden: bool) -> None:
        """Show the canvas alone, or the workspace again."""
        if hidden != self._hidden:
            if hidden:
                self.remember()
            self._hidden = hidden
            self._show_parts()

    def remember(self) -> None:
        """Keep the sizes of the workspace in sight."""
        if self._current is None or self._hidden:
            return
        self._settings.setValue(f"workspace/{self._current.key}/across", self._across.saveState())
        self._settings.setValue(f"workspace/{self._current.key}/down", self._down.saveState())
        self._settings.setValue("workspace/current", self._current.key)

    def _show_parts(self) -> None:
        space = self._current or WORKSPACES[0]
        self._left.setVisible(space.left and not self._hidden)
        self._right.setVisible(space.right > 0 and not self._hidden)
        self._below.setVisible(space.below > 0 and not self._hidden)
        # a wide column keeps its share of a window that is resized, a narrow one its width
        self._across.setStretchFactor(self._across.indexOf(self._right), int(space.right > NARROW))

    def _default_sizes(self, space: Workspace) -> None:
        width, height = max(800, self._across.width()), max(400, self._down.height())
        left = self._column if space.left else 0
        right = max(self._column, round(width * space.right)) if space.right > NARROW else self._column
        self._across.setSizes([left, width - left - right, right])
        below = max(170, round(height * space.below)) if space.below else 0
        self._down.setSizes([height - below, below])
