"""A page of the manual: Markdown with pictures as wide as the page and links to headings."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QEvent, Qt, QTimer, QUrl
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontDatabase,
    QImage,
    QPalette,
    QResizeEvent,
    QTextBlock,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextFormat,
    QTextImageFormat,
    QTextTable,
)
from PySide6.QtWidgets import QTextBrowser, QTextEdit, QWidget

from studio.ui.manual_text import anchors

MARGIN = 28
WIDEST = 760  # pixels of a line of text or a picture
LINE_HEIGHT = 135.0  # per cent
QUIET_MS = 120  # after the last change of size, pictures are scaled again
ABOVE = {1: 0, 2: 22, 3: 14}  # pixels over a heading, by level
CELL = 6  # pixels around what stands in a table
IMAGE = QTextDocument.ResourceType.ImageResource
MARKDOWN = QTextDocument.ResourceType.MarkdownResource


class ManualView(QTextBrowser):
    """Shows the Markdown files of one folder; links to a heading lead there, and those to the web out."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Page of the manual")
        self.setOpenExternalLinks(True)
        self.setFrameShape(QTextEdit.Shape.NoFrame)
        self._pictures: dict[str, QImage] = {}
        self._words: tuple[str, ...] = ()
        self._shown = QUrl()  # Qt tells of a page before it says that it is there
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(QUIET_MS)
        self._later.timeout.connect(self._fit_again)
        self.sourceChanged.connect(self._arrive)

    def open(self, path: Path, anchor: str = "") -> None:
        """Show a file, at the heading of that name."""
        url = QUrl.fromLocalFile(str(path))
        if anchor:
            url.setFragment(anchor)
        self.setSource(url, MARKDOWN)

    def mark(self, words: Sequence[str]) -> None:
        """Mark words wherever they stand, on this page and those that follow."""
        self._words = tuple(words)
        self._mark()

    def _arrive(self, url: QUrl) -> None:
        if url.path() != self._shown.path():
            self._shown = url
            self._set_out()
            self._fit_pictures()
            self._mark()

    def _mark(self) -> None:
        marked = []
        for word in self._words:
            cursor = self.document().find(word)
            while not cursor.isNull():
                selection = QTextEdit.ExtraSelection()
                selection.cursor = cursor
                colour = QColor(self.palette().color(QPalette.ColorRole.Accent))
                colour.setAlpha(110)
                selection.format.setBackground(colour)
                marked.append(selection)
                cursor = self.document().find(word, cursor)
        self.setExtraSelections(marked)

    def _set_out(self) -> None:
        """Give headings room, code its ground, and lines their distance, which Markdown has no word for."""
        document = self.document()
        document.setDocumentMargin(MARGIN)
        ground = self.palette().color(QPalette.ColorRole.AlternateBase)
        code = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont).family()
        cursor = QTextCursor(document)
        cursor.beginEditBlock()
        block = document.begin()
        while block.isValid():
            cursor.setPosition(block.position())
            form = block.blockFormat()
            level = form.headingLevel()
            fenced = form.hasProperty(QTextFormat.Property.BlockCodeFence)
            if level:
                form.setTopMargin(ABOVE.get(level, 10))
                form.setBottomMargin(8)
            elif fenced:
                form.setBackground(ground)
                form.setNonBreakableLines(False)
                form.setLeftMargin(8)
                goes_on = block.next().blockFormat().hasProperty(QTextFormat.Property.BlockCodeFence)
                form.setBottomMargin(0 if goes_on else 10)
            elif pictures_in(block):
                form.setBottomMargin(10)
            elif cursor.currentTable() is None:
                form.setBottomMargin(8 if block.textList() is None else 2)
                form.setLineHeight(LINE_HEIGHT, QTextBlockFormat.LineHeightTypes.ProportionalHeight.value)
            cursor.setBlockFormat(form)
            if fenced:
                cursor.movePosition(QTextCursor.MoveOperation.EndOfBlock, QTextCursor.MoveMode.KeepAnchor)
                letters = QTextCharFormat()
                letters.setFontFamilies([code])
                cursor.mergeCharFormat(letters)
            block = block.next()
        for frame in document.rootFrame().childFrames():
            if isinstance(frame, QTextTable):
                self._set_out_table(frame)
        cursor.endEditBlock()

    def _set_out_table(self, table: QTextTable) -> None:
        form = table.format()
        form.setCellPadding(CELL)
        form.setBorder(1)
        form.setBorderBrush(self.palette().color(QPalette.ColorRole.Mid))
        form.setBorderCollapse(True)
        form.setTopMargin(8)
        form.setBottomMargin(14)
        table.setFormat(form)
        head = table.firstCursorPosition()
        if not head.block().text() and head.block().next().position() <= table.cellAt(0, 0).lastPosition():
            head.deleteChar()  # an empty line, which Qt leaves where a table follows code
        bold = QTextCharFormat()
        bold.setFontWeight(QFont.Weight.DemiBold)
        for column in range(table.columns()):
            cell = table.cellAt(0, column)
            head = cell.firstCursorPosition()
            head.setPosition(cell.lastPosition(), QTextCursor.MoveMode.KeepAnchor)
            head.mergeCharFormat(bold)

    def _fit_pictures(self) -> None:
        """Scale every picture to the page: smoothly, which Qt does not when it draws a text."""
        room = min(WIDEST, self.viewport().width() - 2 * MARGIN)
        ratio = self.devicePixelRatioF()
        block = self.document().begin()
        while block.isValid():
            for start, length, form in pictures_in(block):
                picture = self._picture(QUrl(form.name()))
                if picture.isNull():
                    continue
                table = QTextCursor(block).currentTable()
                share = room if table is None else room // table.columns() - 2 * CELL
                width = max(1, min(share, picture.width()))
                scaled = picture.scaledToWidth(round(width * ratio), Qt.TransformationMode.SmoothTransformation)
                self.document().addResource(IMAGE, QUrl(form.name()), scaled)
                form.setWidth(width)
                form.setHeight(width * picture.height() / picture.width())
                cursor = QTextCursor(self.document())
                cursor.setPosition(start)
                cursor.setPosition(start + length, QTextCursor.MoveMode.KeepAnchor)
                cursor.setCharFormat(form)
            block = block.next()

    def _fit_again(self) -> None:
        """Scale pictures to another width, and stay at the line that was read."""
        block = self.cursorForPosition(self.viewport().rect().topLeft()).block()
        self._fit_pictures()
        self._scroll_to(block)

    def _scroll_to(self, block: QTextBlock) -> None:
        place = self.document().documentLayout().blockBoundingRect(block).top()
        self.verticalScrollBar().setValue(round(place) - ABOVE[2] // 2)

    def _picture(self, url: QUrl) -> QImage:
        path = self._shown.resolved(url).toLocalFile()
        if path not in self._pictures:
            self._pictures[path] = QImage(path)
        return self._pictures[path]

    def _to_heading(self, anchor: str) -> None:
        headings = []
        block = self.document().begin()
        while block.isValid():
            if block.blockFormat().headingLevel():
                headings.append(block)
            block = block.next()
        found = zip(headings, anchors(each.text() for each in headings), strict=True)
        place = next((heading for heading, spelt in found if spelt == anchor), None)
        if place is not None:
            self.setTextCursor(QTextCursor(place))
            self._scroll_to(place)

    def doSetSource(self, name: QUrl | str, _kind: QTextDocument.ResourceType = MARKDOWN) -> None:
        url = self._shown.resolved(QUrl(name))  # a link may be relative, and pictures lie beside the page
        super().doSetSource(url, MARKDOWN)
        if url.hasFragment():
            self._to_heading(url.fragment())

    def loadResource(self, kind: int, name: QUrl | str) -> object:
        return self._picture(QUrl(name)) if kind == IMAGE.value else super().loadResource(kind, name)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.PaletteChange:
            self._set_out()
            self._mark()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._later.start()


def pictures_in(block: QTextBlock) -> list[tuple[int, int, QTextImageFormat]]:
    """Return place, length and format of every picture in a paragraph."""
    found = []
    part = block.begin()
    while part != block.end():
        fragment = part.fragment()
        if fragment.charFormat().isImageFormat():
            found.append((fragment.position(), fragment.length(), fragment.charFormat().toImageFormat()))
        part += 1
    return found
