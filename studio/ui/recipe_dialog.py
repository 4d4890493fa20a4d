"""A dropped picture carries its recipe: what would change, and what to do with it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QGridLayout, QHBoxLayout, QLabel, QLayout, QVBoxLayout, QWidget

from studio.dream.settings import DreamSettings, Start
from studio.project.recipe_found import Difference, RecipeFound, differences
from studio.ui import numbers
from studio.ui.fields import field
from studio.ui.widgets.buttons import answers, button
from studio.ui.widgets.heading import Heading
from studio.ui.widgets.labels import dim_label

WIDTH = 420


class RecipeDialog(QDialog):
    """Asks once; each signal stands for one of the answers."""

    restore_asked = Signal()
    settings_asked = Signal()
    picture_asked = Signal()
    project_asked = Signal()

    def __init__(self, found: RecipeFound, now: DreamSettings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("A picture with its recipe")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.words = QLabel(words_of(found))
        self.words.setWordWrap(True)
        self.words.setFixedWidth(WIDTH)
        self.restore = button("Draw it again", "Take its settings and sweep as far as it did", role="accent")
        self.settings = button("Its settings only", "Play on with the settings of the picture")
        self.project = button("Open its project...", "Choose the project whose model drew it")
        self.picture = button("Use the picture", "Forget the recipe: begin the dream from the picture, or fill it")
        self.restore.setVisible(found.restores)
        self.project.setVisible(not found.ours)
        if found.restores:
            answers(self.restore, self.settings, self.project, self.picture)
        else:
            answers(self.settings, self.project, self.picture)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 16, 20, 16)
        column.setSpacing(12)
        column.addWidget(Heading(found.path.name))
        column.addWidget(self.words)
        column.addWidget(table(differences(now, found.made)))
        row = QHBoxLayout()
        row.addWidget(self.picture)
        row.addStretch(1)
        for made in (self.project, self.settings, self.restore):
            row.addWidget(made)
        column.addLayout(row)
        column.setSizeConstraint(QLayout.SizeConstraint.SetFixedSize)
        for pressed, signal in (
            (self.restore, self.restore_asked),
            (self.settings, self.settings_asked),
            (self.picture, self.picture_asked),
            (self.project, self.project_asked),
        ):
            pressed.clicked.connect(self.accept)
            pressed.clicked.connect(signal)


def words_of(found: RecipeFound) -> str:
    """Return what the recipe says, in sentences."""
    made = found.made
    begin = {
        Start.NOISE: "noise",
        Start.DATA: "a training picture",
        Start.PICTURE: f"the picture {made.picture}",
        Start.ALONG: "chains along the training",
    }
    said = [f"Drawn from {begin[made.start]} with seed {made.dream.seed}, {numbers.amount(made.sweeps)} sweeps."]
    if not found.ours:
        said.append(f"Another model drew it ({made.model_hash[:8]}), so only its settings can be taken here.")
    elif made.held is not None:
        said.append("A part of it was held or painted, so only its settings come back.")
    elif made.start is Start.PICTURE:
        said.append("It began from a picture that is not in it, so only its settings come back.")
    elif made.start is Start.ALONG:
        said.append("The command line alone begins there, so only its settings come back.")
    elif not made.exact:
        said.append("Settings changed while it was drawn, or its model learned on, so only its settings come back.")
    return " ".join(said)


def table(changes: tuple[Difference, ...]) -> QWidget:
    """Return what would change as rows: the name, what it is now, what it becomes."""
    box = QWidget()
    grid = QGridLayout(box)
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setHorizontalSpacing(24)
    grid.setVerticalSpacing(4)
    if not changes:
        grid.addWidget(dim_label("Its settings are those of the dream now."), 0, 0)
    for row, change in enumerate(changes):
        info = field(DreamSettings, change.name)
        grid.addWidget(QLabel(info.label), row, 0)
        grid.addWidget(dim_label(f"now {value_words(info.choices, change.now)}"), row, 1)
        grid.addWidget(QLabel(f"then {value_words(info.choices, change.then)}"), row, 2)
    return box


def value_words(choices: tuple[tuple[str, str], ...], value: object) -> str:
    """Return a value as the window writes it."""
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, float):
        return f"{value:.2f}"
    return dict(choices).get(str(value), str(value) or "none")
