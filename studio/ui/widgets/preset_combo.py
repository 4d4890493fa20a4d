"""A choice with a thumbnail, a title and one line each."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QImage, QPainter, QPalette
from PySide6.QtWidgets import QApplication, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from studio.ui.widgets.combo import QuietCombo
from studio.ui.widgets.pictures import fitted

LINE_ROLE = Qt.ItemDataRole.UserRole + 1
IMAGE_ROLE = Qt.ItemDataRole.UserRole + 2
WIDTH, SIDE, GAP = 340, 44, 8
WRAP = int(Qt.TextFlag.TextWordWrap)


class PresetDelegate(QStyledItemDelegate):
    """Paints thumbnail, title and line."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        metrics = QFontMetrics(option.font)
        room = QRect(0, 0, WIDTH - SIDE - 3 * GAP, 400)
        words = metrics.boundingRect(room, WRAP, str(index.data(LINE_ROLE)))
        return QSize(WIDTH, max(SIDE, metrics.height() + 2 + words.height()) + 2 * GAP)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        palette, window = option.palette, QApplication.palette()  # a view's own is the stylesheet's
        if option.state & (QStyle.StateFlag.State_Selected | QStyle.StateFlag.State_MouseOver):
            painter.fillRect(option.rect, window.color(QPalette.ColorRole.Midlight))
        inner = option.rect.adjusted(GAP, GAP, -GAP, -GAP)
        box = QRect(inner.left(), inner.top(), SIDE, SIDE)
        image = index.data(IMAGE_ROLE)
        painter.fillRect(box, palette.color(QPalette.ColorRole.Midlight))
        if isinstance(image, QImage):
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(fitted(box, image.size()), image)
        words = inner.adjusted(SIDE + GAP, 0, 0, 0)
        bold = QFont(option.font)
        bold.setWeight(QFont.Weight.DemiBold)
        painter.setFont(bold)
        painter.setPen(palette.color(QPalette.ColorRole.Text))
        painter.drawText(words, 0, str(index.data(Qt.ItemDataRole.DisplayRole)))
        painter.setFont(option.font)
        painter.setPen(window.color(QPalette.ColorRole.PlaceholderText))
        words.setTop(words.top() + QFontMetrics(option.font).height() + 2)
        painter.drawText(words, WRAP, str(index.data(LINE_ROLE)))


class PresetCombo(QuietCombo):
    """A quiet combo whose list is wide enough for a thumbnail and a sentence."""

    def __init__(self, name: str, tip: str, parent: QWidget | None = None) -> None:
        super().__init__(name, tip, parent)
        self.setItemDelegate(PresetDelegate(self))
        self.view().setMinimumWidth(WIDTH + 12)
        self.setMaxVisibleItems(12)

    def add(self, key: str, title: str, line: str, thumbnail: bytes | None) -> None:
        self.addItem(title, key)
        place = self.count() - 1
        self.setItemData(place, line, LINE_ROLE)
        self.setItemData(place, line, Qt.ItemDataRole.ToolTipRole)
        image = QImage()
        if thumbnail and image.loadFromData(thumbnail):
            self.setItemData(place, image, IMAGE_ROLE)
