"""The list of pictures: used or skipped and why, each of which can be left out by hand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QSortFilterProxyModel, Qt, Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLineEdit, QListView, QVBoxLayout, QWidget

from studio.data.imageset import ImageSet, Verdict
from studio.ui.widgets.heading import Heading
from studio.ui.widgets.labels import dim_label

if TYPE_CHECKING:
    from studio.session.session import Session

Index = QModelIndex | QPersistentModelIndex


class VerdictModel(QAbstractListModel):
    """One row a source; those that could not be read have no check box."""

    toggled = Signal(str, bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._verdicts: Sequence[Verdict] = ()
        self._excluded: frozenset[str] = frozenset()

    def set_verdicts(self, verdicts: Sequence[Verdict], excluded: Sequence[str]) -> None:
        self.beginResetModel()
        self._verdicts, self._excluded = verdicts, frozenset(excluded)
        self.endResetModel()

    def _can_toggle(self, verdict: Verdict) -> bool:
        return verdict.used or verdict.name in self._excluded

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else len(self._verdicts)

    def flags(self, index: Index) -> Qt.ItemFlag:
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        if self._can_toggle(self._verdicts[index.row()]):
            flags |= Qt.ItemFlag.ItemIsUserCheckable
        return flags

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        verdict = self._verdicts[index.row()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return verdict.name if verdict.used else f"{verdict.name}   skipped: {verdict.reason or 'left out by hand'}"
        if role == Qt.ItemDataRole.CheckStateRole and self._can_toggle(verdict):
            return Qt.CheckState.Checked if verdict.name not in self._excluded else Qt.CheckState.Unchecked
        return None

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        if role != Qt.ItemDataRole.CheckStateRole:
            return False
        included = Qt.CheckState(value) == Qt.CheckState.Checked
        name = self._verdicts[index.row()].name
        self._excluded = self._excluded - {name} if included else self._excluded | {name}
        self.dataChanged.emit(index, index, [role])
        self.toggled.emit(name, included)
        return True


class VerdictDialog(QDialog):
    """Searchable; follows the session while it is open."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.setWindowTitle("Pictures")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(520, 560)
        self.heading = Heading("Pictures")
        self.search = QLineEdit()
        self.search.setPlaceholderText("Search names and reasons")
        self.search.setAccessibleName("Search")
        self.search.setClearButtonEnabled(True)
        self.search.setToolTip('Shows the pictures whose name or reason has these letters, such as "skipped"')
        self.model = VerdictModel(self)
        self._found = QSortFilterProxyModel(self)
        self._found.setSourceModel(self.model)
        self._found.setFilterCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.view = QListView()
        self.view.setUniformItemSizes(True)
        self.view.setModel(self._found)
        self.view.setAccessibleName("Pictures")
        self.view.setToolTip("A picture without its mark is left out of the training")
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(8)
        column.addWidget(self.heading)
        row = QHBoxLayout()
        row.addWidget(self.search)
        column.addLayout(row)
        column.addWidget(self.view, 1)
        column.addWidget(dim_label("Take the mark away from what the model should not learn.", wrap=True))
        self.search.textChanged.connect(self._found.setFilterFixedString)
        self.model.toggled.connect(session.set_included)
        session.dataset_changed.connect(self._follow)
        self._follow(session.dataset)

    def _follow(self, images: ImageSet | None) -> None:
        verdicts = images.verdicts if images is not None else ()
        at = self.view.verticalScrollBar().value()
        self.model.set_verdicts(verdicts, self._session.recipe.data.excluded)
        self.view.verticalScrollBar().setValue(at)
        self.heading.set_note(count_words(images))


def count_words(images: ImageSet | None) -> str:
    """Return how many pictures are used and skipped, in words."""
    if images is None:
        return ""
    skipped = len(images.skipped)
    sources = sum(verdict.used for verdict in images.verdicts)
    if images.exemplars:
        used = "1 picture" if sources == 1 else f"{counted(len(images.exemplars))} pictures"
    elif images.preprocess.patches:
        used = f"{counted(len(images))} patches of {counted(sources)}"
    else:
        # one array or archive holds many pictures
        used = f"{counted(max(len(images), sources))} used"
    return f"{used}, {skipped} skipped" if skipped else used


def counted(number: int) -> str:
    return f"{number:,}".replace(",", "\u202f")
