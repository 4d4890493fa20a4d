"""Editors of one value with its name at the left: a typed number, a choice, a check box, a colour."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor, QIcon, QPainter, QPalette, QPixmap
from PySide6.QtWidgets import QCheckBox, QColorDialog, QHBoxLayout, QLabel, QPushButton, QWidget

from studio.ui import numbers
from studio.ui.widgets.buttons import Segments
from studio.ui.widgets.combo import QuietCombo
from studio.ui.widgets.helped import Helped
from studio.ui.widgets.labels import dim_label
from studio.ui.widgets.value_edit import ValueEdit

FEW = 3  # fewer choices than this are shown as segments


class Row(Helped):
    """A name at the left and one editor at the right; `edited` tells the user's changes alone."""

    edited = Signal(object)

    def __init__(self, label: str, tip: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._label = dim_label(label)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(8)
        self._row.addWidget(self._label, 1)
        self.setAccessibleName(label)
        self.setToolTip(tip)

    def name_label(self) -> QLabel:
        return self._label

    def _place(self, editor: QWidget) -> None:
        editor.setAccessibleName(self.accessibleName())
        editor.setToolTip(self.toolTip())
        self._row.addWidget(editor, 0)
        self.setFocusProxy(editor)


class NumberRow(Row):
    """A number without a bar."""

    def __init__(
        self,
        label: str,
        value: float,
        *,
        unit: str = "",
        decimals: int | None = 0,
        whole: bool = True,
        tip: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(label, tip, parent)
        self._unit, self._decimals, self._whole = unit, decimals, whole
        self._value = value
        self._number = ValueEdit()
        self._place(self._number)
        self.set_value(value)
        self._number.typed.connect(self._typed)

    def value(self) -> float:
        return self._value

    def set_value(self, value: float) -> None:
        self._value = value
        self._number.set_text(numbers.show(value, self._decimals, self._unit))

    def _typed(self, text: str) -> None:
        value = numbers.parse(text)
        before = self._value
        self.set_value(before if value is None else round(value) if self._whole else value)
        if self._value != before:
            self.edited.emit(self._value)


class TextRow(Row):
    """A line of text."""

    def __init__(self, label: str, *, tip: str = "", parent: QWidget | None = None) -> None:
        super().__init__(label, tip, parent)
        self._value = ""
        self._text = ValueEdit()
        self._place(self._text)
        self._text.typed.connect(self._typed)

    def value(self) -> str:
        return self._value

    def set_value(self, value: str) -> None:
        self._value = value
        self._text.set_text(value)

    def _typed(self, text: str) -> None:
        if text != self._value:
            self._value = text
            self.edited.emit(text)


class ChoiceRow(Row):
    """One of several words."""

    def __init__(
        self, label: str, choices: Sequence[tuple[str, str]], *, tip: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(label, tip, parent)
        self._choices = tuple(choices)
        self._offered = [key for key, _ in choices]
        self._combo = QuietCombo(label, tip)
        self._fill(self._offered[0])
        self._place(self._combo)
        self._combo.activated.connect(self._chosen)

    def value(self) -> str:
        return str(self._combo.currentData())

    def set_value(self, value: str) -> None:
        place = self._combo.findData(str(value))
        if place < 0:
            self._fill(str(value))
        else:
            self._combo.setCurrentIndex(place)

    def offer(self, keys: Sequence[str]) -> None:
        """List these of the choices, and the one that is chosen."""
        self._offered = list(keys)
        self._fill(self.value())

    def _fill(self, value: str) -> None:
        self._combo.clear()
        for key, words in self._choices:
            if key in self._offered or key == value:
                self._combo.addItem(words, key)
        self._combo.setCurrentIndex(self._combo.findData(value))
        self._combo.updateGeometry()

    def _chosen(self, index: int) -> None:
        self.edited.emit(str(self._combo.itemData(index)))


class SegmentRow(Row):
    """One of two or three words, all in sight."""

    def __init__(
        self, label: str, choices: Sequence[tuple[str, str]], *, tip: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(label, tip, parent)
        self._segments = Segments([(key, words, tip) for key, words in choices], role="small", name=label)
        self._place(self._segments)
        self._segments.chosen.connect(self._chosen)

    def value(self) -> str:
        return self._segments.key()

    def set_value(self, value: str) -> None:
        self._segments.set_key(str(value))

    def _chosen(self, key: str) -> None:
        self.edited.emit(key)


class CheckRow(Helped):
    """Yes or no."""

    edited = Signal(object)

    def __init__(self, label: str, *, tip: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._box = QCheckBox(label)
        self._box.setAccessibleName(label)
        self._box.setToolTip(tip)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self._box)
        row.addStretch(1)
        self.setAccessibleName(label)
        self.setToolTip(tip)
        self.setFocusProxy(self._box)
        self._box.clicked.connect(self._clicked)

    def name_label(self) -> QCheckBox:
        return self._box

    def value(self) -> bool:
        return self._box.isChecked()

    def set_value(self, value: bool) -> None:
        self._box.setChecked(value)

    def _clicked(self, checked: bool) -> None:
        self.edited.emit(checked)


class ColourRow(Row):
    """A colour written as #rrggbb, with its swatch."""

    def __init__(self, label: str, value: str, *, tip: str = "", parent: QWidget | None = None) -> None:
        super().__init__(label, tip, parent)
        self._value = value
        self._swatch = QPushButton()
        self._swatch.setProperty("role", "quiet")
        self._text = ValueEdit()
        self._row.addWidget(self._text)
        self._text.setAccessibleName(f"{label}, as #rrggbb")
        self._text.setToolTip(tip)
        self._place(self._swatch)
        self.set_value(value)
        self._text.typed.connect(self._take)
        self._swatch.clicked.connect(self._ask)

    def value(self) -> str:
        return self._value

    def set_value(self, value: str) -> None:
        self._value = value
        self._text.set_text(value)
        patch = QPixmap(16, 16)
        patch.fill(self.palette().color(QPalette.ColorRole.PlaceholderText))
        painter = QPainter(patch)
        painter.fillRect(patch.rect().adjusted(1, 1, -1, -1), QColor(value))
        painter.end()
        self._swatch.setIcon(QIcon(patch))

    def _take(self, text: str) -> None:
        if text != self._value:
            self._value = text
            self.edited.emit(text)

    def _ask(self) -> None:
        dialog = QColorDialog(QColor(self._value), self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.colorSelected.connect(self._picked)
        dialog.open()

    def _picked(self, colour: QColor) -> None:
        self.set_value(colour.name())
        self.edited.emit(self._value)
