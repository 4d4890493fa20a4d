"""What is done to a copy of the model, below the mixer: glitches, filters of another model, a fade into it."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QInputDialog, QVBoxLayout, QWidget

from studio.errors import SettingsError
from studio.models.altered import (
    EVERYWHERE,
    NAMES,
    Altered,
    Fade,
    FadeWay,
    Glitch,
    GlitchKind,
    Operation,
    Transplant,
    words_of,
)
from studio.models.parts import Part
from studio.models.spec import Family
from studio.project.altered_record import listed, units_in
from studio.session.notices import Notice
from studio.ui import conditions
from studio.ui.dialogs import PROJECTS
from studio.ui.widgets.allow import allow
from studio.ui.widgets.buttons import button
from studio.ui.widgets.choice import Choice
from studio.ui.widgets.collapsible import Collapsible
from studio.ui.widgets.flow import FlowLayout
from studio.ui.widgets.labels import dim_label
from studio.ui.widgets.operation_row import FadeRow, OperationRow

if TYPE_CHECKING:
    from studio.session.session import Session

SHORT = 10_000  # new seeds have four figures: they stand in a narrow column
FIRST_AMOUNT, FIRST_SHARE = 0.2, 0.5
CHOSEN = "chosen"
WHOLE = ("", "everything")


class AlterBox(QWidget):
    """Adds, turns and removes what is done to the model on the canvas; the trained one stays as it is."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._chosen: tuple[int, ...] = ()
        self._dialog: QFileDialog | None = None
        self._asking: QInputDialog | None = None
        self.rows: list[OperationRow] = []
        self.kind = Choice(
            [(str(kind), NAMES[kind]) for kind in GlitchKind], name="Glitch", tip="What is done to the weights"
        )
        self.where = Choice([WHOLE], name="Where the glitch is", tip="All weights, those of a layer, or chosen filters")
        self.add_button = button("Add", "Glitch the weights of the model on the canvas", role="small")
        self.fade_button = button("Fade to...", "Go over to the model of another project", role="link")
        self.transplant_button = button(
            "Transplant...", "Filters of another project's model in place of the chosen ones", role="link"
        )
        self.reset_button = button("Reset", "Play the model as it was learned", role="link")
        self.keep_button = button("Keep", "Let the altered model be the project's own", role="link")
        self.reason = dim_label("", wrap=True, role="small")
        self.past = OperationRow("", None, seeded=False)
        self.past.hide()
        self.fade = FadeRow()
        self.fade.hide()
        self._list = QVBoxLayout()
        self.fold = Collapsible("Alter", self._inside(), "Glitch the weights, fade to another model, take its filters")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.fold)
        self._connect()
        self._follow()

    def _inside(self) -> QWidget:
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        adding = FlowLayout(gap=6, line_gap=2)
        for part in (self.kind, self.where, self.add_button):
            adding.addWidget(part)
        more = FlowLayout(gap=8, line_gap=2)
        more.addWidget(self.fade_button)
        more.addWidget(self.transplant_button)
        more.push()
        more.addWidget(self.reset_button)
        more.addWidget(self.keep_button)
        self._list.setContentsMargins(0, 0, 0, 0)
        self._list.setSpacing(8)
        column.addWidget(self.reason)
        column.addLayout(adding)
        column.addWidget(self.past)
        column.addLayout(self._list)
        column.addWidget(self.fade)
        column.addLayout(more)
        return inside

    def _connect(self) -> None:
        session = self._session
        session.altered_changed.connect(self._follow)
        session.model_changed.connect(self._follow)
        session.status_changed.connect(self._follow)
        self.add_button.clicked.connect(self.add_glitch)
        self.fade_button.clicked.connect(partial(self._ask_project, "Fade to the model of", self.fade_to))
        self.transplant_button.clicked.connect(partial(self._ask_project, "Take filters of", self.ask_for_filters))
        self.reset_button.clicked.connect(self.reset)
        self.keep_button.clicked.connect(session.keep_altered)
        self.fade.turned.connect(self._set_share)
        self.fade.way_chosen.connect(self._set_way)
        self.past.removed.connect(lambda: self._set(replace(self._altered, step=None), "the step that is played"))
        self.fade.removed.connect(lambda: self._set(replace(self._altered, fade=None), "the fade"))

    @property
    def _altered(self) -> Altered:
        return self._session.altered

    def set_chosen(self, units: Iterable[int]) -> None:
        """Offer to alter these units alone."""
        self._chosen = tuple(units)
        self._offer()

    def add_glitch(self) -> None:
        """Add the glitch that is shown, with a new seed."""
        where = self.where.key()
        part = int(where) if where and where != CHOSEN else EVERYWHERE
        units = self._chosen if where == CHOSEN else ()
        kind, seed = GlitchKind(self.kind.key()), secrets.randbelow(SHORT)
        self._try(lambda: self._altered.added(Glitch(kind, FIRST_AMOUNT, seed, part, units)), "a glitch")

    def fade_to(self, path: str) -> None:
        """Fade halfway to the model of a project."""
        before = self._altered.fade
        way = before.way if before is not None else FadeWay.WEIGHTS
        self._try(lambda: replace(self._altered, fade=Fade(path, FIRST_SHARE, way)), "the fade")

    def ask_for_filters(self, path: str) -> None:
        """Ask which filters of a project's model shall stand in for the chosen ones."""
        units = self._chosen
        if not units:
            return
        dialog = QInputDialog(self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setWindowTitle("Transplant")
        dialog.setLabelText(f"Filters of {Path(path).stem}, as many as are chosen, such as 3,5-7:")
        dialog.setTextValue(listed(units))
        dialog.textValueSelected.connect(partial(self._transplant, path, units))
        dialog.open()
        self._asking = dialog

    def reset(self) -> None:
        self._set(Altered(), "the reset of the model")

    def _transplant(self, path: str, units: tuple[int, ...], text: str) -> None:
        self._try(lambda: self._altered.added(Transplant(path, units, units_in(text))), "a transplant")

    def _ask_project(self, title: str, answer: Callable[[str], None]) -> None:
        dialog = QFileDialog(self, f"{title} another project", "", PROJECTS)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        path = self._session.project.path
        if path is not None:
            dialog.setDirectory(str(path.parent))
        dialog.fileSelected.connect(answer)
        dialog.open()
        self._dialog = dialog

    def _try(self, made: Callable[[], Altered], label: str) -> None:
        try:
            altered = made()
        except SettingsError as error:
            self._session.notify(Notice.of(error))
            return
        self._set(altered, label)

    def _set(self, altered: Altered, label: str) -> None:
        self._session.set_altered(altered, label)

    def _set_share(self, share: float) -> None:
        self._turn_fade("the share of the fade", lambda fade: replace(fade, share=share))

    def _set_way(self, way: str) -> None:
        self._turn_fade("the way of the fade", lambda fade: replace(fade, way=FadeWay(way)))

    def _turn_fade(self, label: str, turned: Callable[[Fade], Fade]) -> None:
        fade = self._altered.fade
        if fade is not None:
            self._try(lambda: replace(self._altered, fade=turned(fade)), label)

    def _turn(self, index: int, amount: float) -> None:
        self._try(lambda: self._altered.turned(index, amount), "the amount of a glitch")

    def _draw_anew(self, index: int) -> None:
        one = self._altered.operations[index]
        if isinstance(one, Glitch):
            others = self._altered.operations
            changed = replace(one, seed=(one.seed + 1 + secrets.randbelow(SHORT - 1)) % SHORT)
            self._set(
                replace(self._altered, operations=(*others[:index], changed, *others[index + 1 :])),
                "the seed of a glitch",
            )

    def _remove(self, index: int) -> None:
        self._set(self._altered.without(index), "what is done to the model")

    def _follow(self, _changed: object = None) -> None:
        session, altered = self._session, self._altered
        busy = conditions.busy_reason(session)
        self.fold.setVisible(session.has_model and bool(session.parts))
        self.reason.setText("A run changes all weights: what is done here waits until it is over." if busy else "")
        self.reason.setVisible(bool(busy))
        self.past.setVisible(altered.step is not None)
        if altered.step is not None:
            self.past.show_operation(f"Weights as of step {altered.step:,}", None)
        self._show_rows(altered.operations)
        fade = altered.fade
        self.fade.setVisible(fade is not None)
        if fade is not None:
            self.fade.show_fade(Path(fade.path).stem, fade.share, fade.way)
        for part in (self.add_button, self.fade_button, self.kind, self.where):
            allow(part, busy)
        allow(self.reset_button, conditions.altered_reason(self._session))
        allow(self.keep_button, conditions.keep_altered_reason(self._session))
        self._offer()

    def _show_rows(self, operations: tuple[Operation, ...]) -> None:
        """Show operations, in rows that stay where they are while only their amounts change."""
        shapes = [(isinstance(one, Glitch), isinstance(one, Glitch)) for one in operations]
        if [row.shape for row in self.rows] != shapes:
            for row in self.rows:
                self._list.removeWidget(row)
                row.hide()
                row.deleteLater()
            self.rows = [self._made(index, one) for index, one in enumerate(operations)]
        for row, one in zip(self.rows, operations, strict=True):
            row.show_operation(words_of(one, self._parts), amount_of(one))

    def _made(self, index: int, one: Operation) -> OperationRow:
        row = OperationRow(words_of(one, self._parts), amount_of(one), seeded=isinstance(one, Glitch))
        row.turned.connect(partial(self._turn, index))
        row.drawn_anew.connect(partial(self._draw_anew, index))
        row.removed.connect(partial(self._remove, index))
        self._list.addWidget(row)
        return row

    @property
    def _parts(self) -> tuple[Part, ...]:
        """The parts whose weights can be glitched."""
        parts = self._session.parts
        if self._session.family == Family.CODES and parts:
            return replace(parts[0], name="decoder"), *parts[1:]
        return parts

    def _offer(self) -> None:
        parts = self._parts
        options = [WHOLE]
        if len(parts) > 1:
            options += [(str(number), part.name) for number, part in enumerate(parts)]
        playable = bool(self._chosen) and not any(
            part.reason for part in self._session.parts if any(unit in part.units for unit in self._chosen)
        )
        if playable:
            options.append((CHOSEN, "the chosen filters" if len(self._chosen) > 1 else "the chosen filter"))
        self.where.set_options(options)
        busy = conditions.busy_reason(self._session)
        allow(self.transplant_button, busy if playable else "Click filters that play first.")


def amount_of(one: Operation) -> float | None:
    return one.amount if isinstance(one, Glitch) else None
