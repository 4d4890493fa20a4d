"""The canvas of models that dream at any size: how large, which sides meet, and how it is looked at."""

from __future__ import annotations

import re

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QSizePolicy, QVBoxLayout, QWidget

from studio.dream.settings import DreamSettings, Seamless
from studio.ui.fields import field
from studio.ui.widgets.allow import allow
from studio.ui.widgets.choice import Choice
from studio.ui.widgets.flow import FlowLayout
from studio.ui.widgets.helped import set_topic
from studio.ui.widgets.labels import dim_label
from studio.ui.widgets.lean_controls import LeanControls
from studio.ui.widgets.value_edit import ValueEdit

Size = tuple[int, int]  # width, height

OWN: Size = (0, 0)
SQUARES: tuple[Size, ...] = tuple((side, side) for side in (256, 512, 1024, 2048, 4096, 8192))
TYPED = "typed"
HELD = "The picture that is held has a size and borders of its own. Take the mark at Hold away to choose others."
NO_COPIES = "There are no copies to draw lines between: show them with Wrap."


class CanvasControls(QWidget):
    """Shows size, seams and materials of a DreamSettings; tells the user's changes alone.

    `size_refused` carries what was typed where that is no size.
    """

    size_edited = Signal(int, int)  # width, height
    size_refused = Signal(str)
    seamless_chosen = Signal(object)  # Seamless
    wrap_toggled = Signal(bool)
    border_toggled = Signal(bool)
    shift_toggled = Signal(bool)
    roll_toggled = Signal(bool)
    coarse_toggled = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._settings = DreamSettings()
        self._shown: Size = OWN
        self._own = Seamless.BOTH
        self._exemplar: Size | None = None
        self.size_choice = Choice((), name="Size of the canvas", tip="How large the canvas is, width x height")
        self.size_edit = ValueEdit()
        self.size_edit.setAccessibleName("Width x height")
        self.size_edit.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.size_edit.setToolTip(f"Any size, such as 640 x 360. {field(DreamSettings, 'width').tip}")
        info = field(DreamSettings, "seamless")
        offered = [choice for choice in info.choices if choice[0] != Seamless.OWN]  # it is shown as what it comes to
        self.seamless = Choice(offered, name=info.label, tip=info.tip)
        set_topic(self.seamless, info)
        set_topic(self.size_edit, field(DreamSettings, "width"))
        self.wrap = toggle("Wrap", "Show copies of the picture side by side, as on a wall (W)")
        self.border = toggle("Lines", "Draw a faint line between the copies (Shift+W)")
        self.border.setChecked(True)
        self.shift = toggle("Offset", "Shift the picture by half, so that its outer edges meet in the middle (O)")
        roll = field(DreamSettings, "roll")
        self.roll = toggle(roll.label, roll.tip)
        set_topic(self.roll, roll)
        self.roll.hide()
        coarse = field(DreamSettings, "coarse")
        self.coarse = toggle(coarse.label, coarse.tip)
        set_topic(self.coarse, coarse)
        self.seam = dim_label("", role="small")
        self.seam.setAccessibleName("Seam")
        self.seam.setFixedWidth(self.seam.fontMetrics().horizontalAdvance("seam 00.00"))
        self.seam.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.seam.setToolTip(
            "How rough the line is on which the picture meets itself, against the lines inside it. "
            "Around 1 it cannot be told from them."
        )
        self.lean = LeanControls()
        row = FlowLayout(gap=10, line_gap=4)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.lean)
        column.addLayout(row)
        named = (dim_label("Canvas"), self.size_choice), (dim_label("Seamless"), self.seamless)
        left: tuple[QWidget, ...] = (*named[0], self.size_edit, *named[1])
        right: tuple[QWidget, ...] = (self.seam, self.coarse, self.roll, self.shift, self.wrap, self.border)
        for made in left:
            row.addWidget(made)
        row.push()
        for made in right:
            row.addWidget(made)
        self.size_choice.chosen.connect(self._choose_size)
        self.size_edit.typed.connect(self._type_size)
        self.seamless.chosen.connect(self._choose_seamless)
        self.wrap.toggled.connect(self.wrap_toggled)
        self.wrap.toggled.connect(self._allow_lines)
        self.border.toggled.connect(self.border_toggled)
        self.shift.toggled.connect(self.shift_toggled)
        self.roll.clicked.connect(self.roll_toggled)
        self.coarse.clicked.connect(self.coarse_toggled)
        self._allow_lines(False)
        self.set_settings(self._settings)

    def set_settings(self, settings: DreamSettings) -> None:
        """Show settings without telling them."""
        self._settings = settings
        self._show_seamless()
        self.lean.set_settings(settings)
        self.roll.setChecked(settings.roll)
        self.coarse.setChecked(settings.coarse)
        self._offer_sizes()

    def set_pooled(self, pooled: bool) -> None:
        """Say whether the model has a pooling grid, which may be moved."""
        self.roll.setVisible(pooled)

    def set_framed_model(self, framed: bool) -> None:
        """Say whether the sides of the model's own canvas are borders, or meet."""
        self._own = Seamless.NONE if framed else Seamless.BOTH
        self._show_seamless()

    def set_one_scale(self, one: bool) -> None:
        """Say whether the model knows one scale alone: a pyramid begins small by itself."""
        self.coarse.setVisible(one)

    def set_framed(self, framed: bool) -> None:
        """Say whether the canvas is a picture that is held, whose size and borders are its own."""
        for made in (self.size_choice, self.size_edit, self.seamless, self.roll, self.coarse):
            allow(made, HELD if framed else "")

    def set_exemplar(self, size: Size | None) -> None:
        """Offer the size (width, height) of the picture that is learned from."""
        self._exemplar = size
        self._offer_sizes()

    @property
    def shown(self) -> Size:
        """Width and height of what is on the canvas."""
        return self._shown

    def set_shown(self, size: Size) -> None:
        """Say how large (width, height) the canvas really is."""
        if size != self._shown:
            self._shown = size
            self._tell_size()

    def set_seam(self, score: float | None) -> None:
        """Show a seam score, or none."""
        self.seam.setText("" if score is None else f"seam {score:.2f}")

    def _allow_lines(self, wrapped: bool) -> None:
        """Grey them rather than hide them: the switch of the wrap view must not move from under the hand."""
        allow(self.border, "" if wrapped else NO_COPIES)

    def _offer_sizes(self) -> None:
        now = (self._settings.width, self._settings.height)
        options = [(key_of(OWN), "own size"), *((key_of(size), words_of(size)) for size in SQUARES)]
        if self._exemplar is not None:
            options.append((key_of(self._exemplar), "as the exemplar"))
        if key_of(now) not in dict(options):
            options.append((TYPED, "other"))
        self.size_choice.set_options(options)
        self.size_choice.set_key(key_of(now) if key_of(now) in dict(options) else TYPED)
        self._tell_size()

    def _tell_size(self) -> None:
        wide, high = self._settings.width or self._shown[0], self._settings.height or self._shown[1]
        self.size_edit.set_text(words_of((wide, high)) if wide and high else "w x h")

    def _choose_size(self, key: str) -> None:
        size = size_in(key)
        if size is not None:
            self.size_edited.emit(*size)

    def _type_size(self, text: str) -> None:
        size = size_in(text)
        if size is None:
            self._tell_size()
            self.size_refused.emit(text)
        else:
            self.size_edited.emit(*size)

    def _show_seamless(self) -> None:
        chosen = self._settings.seamless
        self.seamless.set_key(str(self._own if chosen is Seamless.OWN else chosen))

    def _choose_seamless(self, key: str) -> None:
        """Tell what was chosen: OWN where the model does so by itself, so that the next one does as it learned."""
        chosen = Seamless(key)
        self.seamless_chosen.emit(Seamless.OWN if chosen is self._own else chosen)


def toggle(text: str, tip: str) -> QCheckBox:
    made = QCheckBox(text)
    made.setToolTip(tip)
    made.setAccessibleName(text)
    return made


def key_of(size: Size) -> str:
    return f"{size[0]}x{size[1]}"


def words_of(size: Size) -> str:
    return f"{size[0]} x {size[1]}"


def size_in(text: str) -> Size | None:
    """Return the size somebody typed: 640 x 360, 640*360, or 512 for a square; None for anything else."""
    found = re.fullmatch(r"\s*(\d{1,6})\s*(?:px)?\s*(?:(?:[x×*, ]|by)\s*(\d{1,6})\s*(?:px)?)?\s*", text.lower())
    if found is None:
        return None
    wide = int(found.group(1))
    return wide, int(found.group(2) or wide)
