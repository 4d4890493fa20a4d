"""The bar above the canvas with which it is painted on: forms, brushes, their size, and holes that have a name."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction, QColor, QIcon, QPixmap
from PySide6.QtWidgets import QColorDialog, QMenu, QSizePolicy, QWidget

from studio.dream.holes import Hole
from studio.dream.strokes import LARGEST, SMALLEST, Brush, Form
from studio.ui.widgets.allow import allow
from studio.ui.widgets.buttons import Segments, button
from studio.ui.widgets.choice import Choice
from studio.ui.widgets.flow import FlowLayout
from studio.ui.widgets.paint_tool import PaintTool
from studio.ui.widgets.slider import LabelledSlider

ERASER = "eraser"
TOOLS = (
    (str(Form.LINE), "Brush", "Paint freely (B)"),
    (ERASER, "Eraser", "Bring back what was there before anything was painted (E)"),
    (str(Form.RECTANGLE), "Rectangle", "Drag from corner to corner (Shift+R)"),
    (str(Form.ELLIPSE), "Ellipse", "Drag from corner to corner (Shift+E)"),
    (str(Form.LASSO), "Lasso", "Draw around an area (Shift+L)"),
)
BRUSHES = (
    (Brush.HOLE, "hole"),
    (Brush.PICTURE, "keep what is there"),
    (Brush.COLOUR, "hold a colour"),
    (Brush.NOISE, "shake"),
    (Brush.FILTER, "stamp the filter"),
    (Brush.FREE, "set free"),
)
BRUSH_TIP = (
    "Hole: forget it, and dream it anew. Keep: hold the picture, or what is seen. Colour: hold a colour there. "
    "Shake: noise for what is not held. Stamp: lay down the chosen filter. "
    "Set free: go on from what is there."
)
HOLES = (
    (Hole.LEFT, "Left half"),
    (Hole.RIGHT, "Right half"),
    (Hole.TOP, "Upper half"),
    (Hole.BOTTOM, "Lower half"),
    (Hole.CENTRE, "Centre"),
)
ERASES = "The eraser brings back what was there: take the brush or a form to choose what it does."
SHAPED = "This form is as large as it is drawn, with a sharp edge: take the brush to choose a size."
SWATCH = 14


class PaintBar(QWidget):
    """Shows a PaintTool and tells the user's changes; whole holes and masks are asked for by signals."""

    edited = Signal(object)  # PaintTool
    named_asked = Signal(object)  # Hole
    blocks_asked = Signal()
    text_asked = Signal()
    all_asked = Signal()
    load_asked = Signal()
    save_asked = Signal()
    clear_asked = Signal()
    rim_toggled = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tool = PaintTool()
        self.tools = Segments(TOOLS, role="small", name="Form")
        self.brush = Choice([(str(key), text) for key, text in BRUSHES], name="What the brush does", tip=BRUSH_TIP)
        self.diameter = LabelledSlider(
            "Size", SMALLEST, 512, 32, decimals=0, log=True, unit="px", tip="Diameter of the brush in pixels ([ and ])"
        )
        self.hardness = LabelledSlider(
            "Hardness", 0, 1, 1, tip="How sharp the brush's edge is; a soft one is scattered in grains"
        )
        for slider in (self.diameter, self.hardness):
            slider.setMaximumWidth(150)
            slider.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.colour = button("Colour", "Choose the colour that is held; I picks one from the canvas")
        self.holes = button("Holes", "A whole hole at once: halves, the centre, blocks, a text, a mask from a file")
        self.clear = button("Clear", "Take back all that was painted", role="link")
        self._rim = QAction("Line around the hole")
        self._lay_out()
        self._connect()
        self.set_tool(self._tool)

    @property
    def tool(self) -> PaintTool:
        return self._tool

    def set_tool(self, tool: PaintTool) -> None:
        """Show a tool without telling it."""
        self._tool = tool
        self.tools.set_key(ERASER if tool.erasing else str(tool.form))
        self.brush.set_key(str(tool.brush))
        allow(self.brush, ERASES if tool.erasing else "")
        self.diameter.set_value(tool.size)
        self.hardness.set_value(tool.hardness)
        for slider in (self.diameter, self.hardness):
            allow(slider, "" if tool.form is Form.LINE else SHAPED)
        self.colour.setVisible(tool.brush is Brush.COLOUR and not tool.erasing)
        swatch = QPixmap(SWATCH, SWATCH)
        swatch.fill(QColor.fromRgbF(*tool.colour))
        self.colour.setIcon(QIcon(swatch))

    def _lay_out(self) -> None:
        row = FlowLayout(self, gap=12, line_gap=4)
        row.setContentsMargins(16, 6, 16, 6)
        shown: list[QWidget] = [self.tools, self.brush, self.colour, self.diameter, self.hardness]
        for made in shown:
            row.addWidget(made)
        row.push()
        row.addWidget(self.holes)
        row.addWidget(self.clear)
        self.holes.setMenu(self._menu())
        self.setAccessibleName("Painting")
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def _menu(self) -> QMenu:
        menu = QMenu(self)
        for hole, text in HOLES:
            menu.addAction(text).triggered.connect(lambda _=False, hole=hole: self.named_asked.emit(hole))
        menu.addAction("Random blocks").triggered.connect(self.blocks_asked)
        menu.addAction("A text...").triggered.connect(self.text_asked)
        menu.addAction("Everything").triggered.connect(self.all_asked)
        menu.addSeparator()
        menu.addAction("Load a mask...").triggered.connect(self.load_asked)
        menu.addAction("Save the hole as a mask...").triggered.connect(self.save_asked)
        menu.addSeparator()
        self._rim.setCheckable(True)
        self._rim.setChecked(True)
        menu.addAction(self._rim)
        return menu

    def _connect(self) -> None:
        self.tools.chosen.connect(self._choose)
        self.brush.chosen.connect(lambda key: self.tell(brush=Brush(key)))
        self.diameter.edited.connect(lambda value: self.tell(size=min(max(value, SMALLEST), LARGEST)))
        self.hardness.edited.connect(lambda value: self.tell(hardness=min(max(value, 0.0), 1.0)))
        self.colour.clicked.connect(self._ask_colour)
        self.clear.clicked.connect(self.clear_asked)
        self._rim.toggled.connect(self.rim_toggled)

    def _choose(self, key: str) -> None:
        if key == ERASER:
            self.tell(erasing=True, form=Form.LINE)
        else:
            self.tell(erasing=False, form=Form(key))

    def tell(self, **changes: object) -> None:
        """Change the tool as if by hand."""
        tool = replace(self._tool, **changes)  # type: ignore[arg-type]  # one field each, from its own widget
        self.set_tool(tool)
        self.edited.emit(tool)

    def _ask_colour(self) -> None:
        dialog = QColorDialog(QColor.fromRgbF(*self._tool.colour), self)
        dialog.colorSelected.connect(self._take_colour)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _take_colour(self, colour: QColor) -> None:
        self.tell(colour=(colour.redF(), colour.greenF(), colour.blueF()))
