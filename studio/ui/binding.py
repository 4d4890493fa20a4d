"""Forms over frozen settings: each field has an editor, and a rejected value says why beside it."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any, Protocol, cast

from PySide6.QtCore import QObject, Signal, SignalInstance
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from studio.errors import SettingsError
from studio.ui.field_info import FieldInfo, Kind
from studio.ui.spoken import spoken
from studio.ui.widgets.editors import FEW, CheckRow, ChoiceRow, ColourRow, NumberRow, SegmentRow, TextRow
from studio.ui.widgets.helped import set_topic
from studio.ui.widgets.labels import dim_label
from studio.ui.widgets.slider import LabelledSlider


class Editor(Protocol):
    """What a form asks of any editor; all of them are widgets."""

    edited: SignalInstance

    def value(self) -> Any: ...
    def set_value(self, value: Any) -> None: ...


class Bound(QObject):
    """One field and its editor: turns what is shown into what is stored, and back."""

    changed = Signal(str, object)  # field name, stored value

    def __init__(self, info: FieldInfo, value: Any, default: Any, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.info = info
        self.editor = editor_for(info, default)
        self.error: QLabel = dim_label("", wrap=True, role="error")
        self.error.hide()
        self.show(value)
        cast(Editor, self.editor).edited.connect(self._edited)
        if isinstance(self.editor, LabelledSlider):
            self.editor.unclear.connect(self.say)

    def show(self, value: Any) -> None:
        """Show a stored value."""
        shown = value * self.info.scale if self.info.scale != 1.0 else value
        cast(Editor, self.editor).set_value(", ".join(map(str, value)) if self.info.kind is Kind.LIST else shown)

    def say(self, sentence: str) -> None:
        self.error.setText(sentence)
        self.error.setVisible(bool(sentence))

    def _edited(self, shown: Any) -> None:
        value = shown
        if self.info.kind is Kind.LIST:
            value = tuple(part for part in shown.replace(",", " ").split())
        elif self.info.whole:
            value = round(shown)
        elif self.info.scale != 1.0:
            value = round(shown / self.info.scale, 8)
        self.changed.emit(self.info.name, value)


class Form(QWidget):
    """Editors for some fields of one settings object; `edited` carries the new object.

    A change that the settings reject stays in its editor, with the reason below
    it, and is tried again together with the next one: of two fields that only
    fit each other's new values, either may be changed first.
    """

    edited = Signal(object)

    def __init__(self, fields: Sequence[FieldInfo], value: Any, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._value = value
        self._rejected: dict[str, Any] = {}
        self._bound: dict[str, Bound] = {}
        defaults = type(value)()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        for info in fields:
            bound = Bound(info, getattr(value, info.name), getattr(defaults, info.name), self)
            self._bound[info.name] = bound
            column.addWidget(bound.editor)
            column.addWidget(bound.error)
            bound.changed.connect(self._changed)

    def value(self) -> Any:
        return self._value

    def set_value(self, value: Any) -> None:
        """Show other settings; what was rejected is forgotten once the settings have moved on."""
        if value == self._value:
            return
        self._value = value
        self._rejected.clear()
        for name, bound in self._bound.items():
            bound.say("")
            bound.show(getattr(value, name))

    def editor(self, name: str) -> QWidget:
        return self._bound[name].editor

    def set_shown(self, name: str, shown: bool) -> None:
        """Show or hide one field, as those that mean nothing beside the others' values."""
        bound = self._bound[name]
        bound.editor.setVisible(shown)
        bound.error.setVisible(shown and bool(bound.error.text()))

    def error(self, name: str) -> str:
        """Return what is said beside a field."""
        return self._bound[name].error.text()

    def _changed(self, name: str, item: Any) -> None:
        pending = {**self._rejected, name: item}
        try:
            value = dataclasses.replace(self._value, **pending)
        except SettingsError as error:
            self._refuse(name, item, error)
            return
        self._accept(value)

    def _refuse(self, name: str, item: Any, error: SettingsError) -> None:
        others, self._rejected = self._rejected, {**self._rejected, name: item}
        if others:
            try:
                value = dataclasses.replace(self._value, **{name: item})
            except SettingsError as own:
                error = own
            else:
                self._rejected = others
                self._value = value
                self._bound[name].say("")
                self.edited.emit(value)
                return
        self._bound[name].say(spoken(str(error), (type(self._value),)))

    def _accept(self, value: Any) -> None:
        self._value = value
        self._rejected.clear()
        for bound in self._bound.values():
            bound.say("")
        self.edited.emit(value)


def editor_for(info: FieldInfo, default: Any) -> QWidget:
    """Return the widget for one row of the table, which can say what it does."""
    made = plain_editor(info, default)
    set_topic(made, info)
    return made


def plain_editor(info: FieldInfo, default: Any) -> QWidget:
    if info.kind is Kind.CHECK:
        return CheckRow(info.label, tip=info.tip)
    if info.kind is Kind.LIST:
        return TextRow(info.label, tip=info.tip)
    if info.kind is Kind.COLOUR:
        return ColourRow(info.label, default, tip=info.tip)
    if info.kind is Kind.CHOICE:
        kind = SegmentRow if len(info.choices) < FEW else ChoiceRow
        return kind(info.label, info.choices, tip=info.tip)
    if info.kind is Kind.NUMBER:
        return NumberRow(info.label, default, unit=info.unit, decimals=info.decimals, whole=info.whole, tip=info.tip)
    return LabelledSlider(
        info.label,
        info.low,
        info.high,
        default * info.scale,
        unit=info.unit,
        decimals=info.decimals,
        log=info.log,
        whole=info.whole,
        tip=info.tip,
    )
