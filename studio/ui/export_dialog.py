"""What is taken away of a dream: a picture, copies of it, a film, sprites or maps; in what kind of file."""

from __future__ import annotations

from dataclasses import dataclass, field

from PySide6.QtCore import QSettings, Qt, Signal
from PySide6.QtWidgets import QCheckBox, QDialog, QLayout, QVBoxLayout, QWidget

from studio.data.frames import FRAMES_A_SECOND
from studio.data.still import DEEP
from studio.dream.take import Alpha, Bits, Take, amount
from studio.project.map_files import MapWish
from studio.ui.export_parts import CopiesBox, FramesBox, MapsBox, row
from studio.ui.widgets.allow import allow
from studio.ui.widgets.buttons import Segments, answers, button
from studio.ui.widgets.canvas_controls import Size, words_of
from studio.ui.widgets.choice import Choice
from studio.ui.widgets.heading import Heading
from studio.ui.widgets.labels import dim_label
from studio.ui.widgets.slider import LabelledSlider

KEY = "export/dialog"
PICTURE, SHEET, FILM, SPRITES, MAPS = "tile", "sheet", "film", "sprites", "maps"
KINDS = (
    (PICTURE, "Picture", "The dream exactly as large as its canvas"),
    (SHEET, "Sheet of copies", "Copies side by side, to be looked at or printed"),
    (FILM, "Animation", "The dream as it goes on from now"),
    (SPRITES, "Sprite sheet", "The frames of an animation side by side in one picture, for games"),
    (MAPS, "Maps", "Grey pictures of 16 bits for games and Blender"),
)
DEPTHS = (
    ("8", "8 bit", "256 levels a channel, which every program opens"),
    ("16", "16 bit", "65 536 levels a channel, for height maps and for colours that will be turned further"),
)
EIGHT_BITS = "This kind of file holds 8 bits a channel; PNG, APNG and TIFF hold 16."
STILL = ((".png", "PNG"), (".tif", "TIFF"), (".webp", "WebP, lossless"), (".jpg", "JPEG"))
MOVING = (
    (".gif", "GIF, one palette"),
    (".apng", "APNG"),
    (".webp", "WebP"),
    (".mp4", "MP4 film"),
    ("", "Numbered PNG files"),
)
SOLID = ((".png", "PNG"), (".tif", "TIFF"))
FORMATS = {PICTURE: STILL, SHEET: STILL, FILM: MOVING, SPRITES: SOLID, MAPS: SOLID}
ALPHAS = (
    (str(Alpha.NONE), "everything"),
    (str(Alpha.DREAMT), "what was dreamt"),
    (str(Alpha.HELD), "what is held"),
)
ALPHA_TIP = "What of the picture is opaque: the rest becomes transparent"
NO_HOLD = "Nothing is held on the canvas, so there is no mask to be transparent by"
NOTES = {
    PICTURE: "The recipe of the dream is saved in it.",
    SHEET: "The recipe of the dream is saved in it, and its seam is measured.",
    FILM: "The dream on the canvas goes on beside it.",
    SPRITES: "No gaps between frames; the number of frames in a row is told when it is saved.",
    MAPS: "Saved beside the name that you choose: wall-height.png, wall-ids.png, wall-filter-0000.png.",
}

NO_RECIPES = {
    PICTURE: "Nothing in it tells how it was made.",
    SHEET: "Nothing in it tells how it was made; its seam is measured.",
}


@dataclass(frozen=True, slots=True)
class ExportWish:
    """What is to be taken away; `suffix` is the kind of file, empty for a folder."""

    kind: str = PICTURE
    suffix: str = ".png"
    bits: Bits = 8
    copies: tuple[int, int] = (1, 1)
    alpha: Alpha = Alpha.NONE
    take: Take = field(default_factory=Take)
    per_second: float = FRAMES_A_SECOND
    across: int = 0
    maps: MapWish = field(default_factory=MapWish)
    recipe: bool = True


class ExportDialog(QDialog):
    """Asks what to save and how, as it was answered last; `chosen` carries an ExportWish.

    `tiles` says whether copies fit side by side, `held` whether something is held, and
    `no_maps` why filters have no maps, if they have none. `channels` are the dream's.
    """

    chosen = Signal(object)  # ExportWish

    def __init__(
        self,
        size: Size,
        parent: QWidget | None = None,
        *,
        tiles: bool = True,
        held: bool = False,
        no_maps: str = "",
        channels: int = 3,
        recipe: bool = True,
    ) -> None:
        super().__init__(parent)
        self._size, self._channels = size, channels
        self._formats: dict[str, str] = {}
        self.setWindowTitle("Export the dream")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.kind = Segments(KINDS, role="small", name="What is saved")
        self.kind.offer([key for key, _, _ in KINDS if tiles or key != SHEET])
        self.format = Choice(STILL, name="Kind of file", tip="The kind of file")
        self.bits = Segments(DEPTHS, role="small", name="Bits a channel")
        self.alpha = Choice(ALPHAS, name="Opaque", tip=ALPHA_TIP if held else NO_HOLD)
        self.alpha.setEnabled(held)
        self.copies, self.frames, self.maps = CopiesBox(), FramesBox(), MapsBox()
        self.maps.set_reason(no_maps)
        self.recipe = QCheckBox("Carry the recipe")
        self.recipe.setAccessibleName(self.recipe.text())
        self.recipe.setToolTip("Write into the file how it was made: dropped on the canvas, it is drawn again")
        self.recipe.setChecked(recipe)
        self.words = dim_label("")
        self.note = dim_label("", wrap=True, role="small")
        self.save = button("Export...", "Choose a name and save", role="accent")
        self.cancel = button("Cancel", "Save nothing")
        answers(self.save, self.cancel)
        self._opaque = QWidget()
        self._deep = QWidget()
        self._lay_out()
        self._restore(tiles, held)
        self._connect()
        self._tell()

    def wish(self) -> ExportWish:
        """Return what is asked for."""
        kind = self.kind.key()
        bits: Bits = 16 if self.bits.key() == "16" and self._may_be_deep() else 8
        return ExportWish(
            kind=kind,
            suffix=self.format.key(),
            bits=bits,
            copies=self.copies.copies if kind == SHEET else (1, 1),
            alpha=Alpha(self.alpha.key()) if self._may_be_transparent() else Alpha.NONE,
            take=self.frames.take(bits) if kind in (FILM, SPRITES) else Take(),
            per_second=self.frames.rate.value(),
            across=max(0, round(self.frames.across.value())),
            maps=self.maps.wish,
            recipe=self.recipe.isChecked(),
        )

    def _lay_out(self) -> None:
        for box, name, part in ((self._deep, "Depth", self.bits), (self._opaque, "Opaque", self.alpha)):
            line = row(dim_label(name), part)
            line.setContentsMargins(0, 0, 0, 0)
            box.setLayout(line)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 16, 20, 16)
        column.setSpacing(14)
        heading = Heading("Take away")
        heading.add(self.words)
        column.addWidget(heading)
        column.addWidget(self.kind)
        column.addLayout(row(dim_label("Kind of file"), self.format))
        for box in (self.copies, self.frames, self.maps, self._deep, self._opaque, self.recipe, self.note):
            column.addWidget(box)
        column.addLayout(row(None, self.cancel, self.save))
        column.setSizeConstraint(QLayout.SizeConstraint.SetFixedSize)
        self.note.setFixedWidth(self.kind.sizeHint().width())

    def _connect(self) -> None:
        self.kind.chosen.connect(self._tell)
        self.format.chosen.connect(self._choose_format)
        self.bits.chosen.connect(self._tell)
        self.alpha.chosen.connect(self._tell)
        for box in (self.copies, self.frames, self.maps):
            box.changed.connect(self._tell)
        self.recipe.toggled.connect(self._tell)
        self.save.clicked.connect(self._finish)
        self.cancel.clicked.connect(self.reject)

    def _may_be_deep(self) -> bool:
        suffix = self.format.key()
        moving = self.kind.key() == FILM
        return suffix in ("", ".apng") if moving else suffix in DEEP

    def _may_be_transparent(self) -> bool:
        return self.alpha.isEnabled() and self.kind.key() in (PICTURE, SHEET) and self.format.key() != ".jpg"

    def _choose_format(self, suffix: str) -> None:
        self._formats[self.kind.key()] = suffix
        self._tell()

    def _tell(self, _changed: object = None) -> None:
        kind = self.kind.key()
        self.format.set_options(FORMATS[kind])
        self.format.set_key(self._formats.get(kind, FORMATS[kind][0][0]))
        self.copies.setVisible(kind == SHEET)
        self.frames.setVisible(kind in (FILM, SPRITES))
        self.frames.set_sprites(kind == SPRITES)
        self.maps.setVisible(kind == MAPS)
        self._deep.setVisible(kind != MAPS)
        allow(self.bits, "" if self._may_be_deep() else EIGHT_BITS)
        self._opaque.setVisible(kind in (PICTURE, SHEET))
        fault = self.frames.fault if kind in (FILM, SPRITES) else None
        nothing = kind == MAPS and not self.maps.wish.any
        self.save.setEnabled(fault is None and not nothing)
        note = NO_RECIPES.get(kind, NOTES[kind]) if not self.recipe.isChecked() else NOTES[kind]
        self.note.setText(str(fault) if fault is not None else "Choose a map." if nothing else note)
        self.words.setText(self._size_words(kind, fault is None))

    def _size_words(self, kind: str, sound: bool) -> str:
        if not all(self._size):  # nothing was dreamt yet
            return ""
        across, down = self.copies.copies if kind == SHEET else (1, 1)
        words = f"{words_of((self._size[0] * across, self._size[1] * down))} px"
        if kind not in (FILM, SPRITES) or not sound:
            return words
        wish = self.wish()
        memory = amount(wish.take.bytes(*self._size, self._channels))
        seconds = f"{wish.take.frames / wish.per_second:.1f} s, " if kind == FILM else ""
        return f"{words}, {seconds}{memory} of memory"

    def _restore(self, tiles: bool, held: bool) -> None:
        """Show what was answered last, as far as it makes sense here."""
        settings = QSettings()

        def was(name: str, default: object) -> str:
            return str(settings.value(f"{KEY}/{name}", default))

        kind = was("kind", PICTURE)
        self.kind.set_key(PICTURE)
        if tiles or kind != SHEET:
            self.kind.set_key(kind)
        self.bits.set_key("8")
        self.bits.set_key(was("bits", "8"))
        self.frames.loop.set_key(was("loop", "open"))
        if held:
            self.alpha.set_key(was("alpha", Alpha.NONE))
        for name, part in self._sliders().items():
            try:
                part.set_value(float(was(name, part.value())))
            except ValueError:
                continue
        for key, _, _ in KINDS:
            suffix = was(f"format/{key}", FORMATS[key][0][0])
            if suffix in dict(FORMATS[key]):
                self._formats[key] = suffix

    def _remember(self) -> None:
        settings = QSettings()
        settings.setValue(f"{KEY}/kind", self.kind.key())
        settings.setValue(f"{KEY}/bits", self.bits.key())
        settings.setValue(f"{KEY}/loop", self.frames.loop.key())
        settings.setValue(f"{KEY}/alpha", self.alpha.key())
        for name, part in self._sliders().items():
            settings.setValue(f"{KEY}/{name}", part.value())
        for key, suffix in self._formats.items():
            settings.setValue(f"{KEY}/format/{key}", suffix)

    def _sliders(self) -> dict[str, LabelledSlider]:
        frames, copies = self.frames, self.copies
        return {
            "columns": copies.columns,
            "rows": copies.rows,
            "frames": frames.frames,
            "every": frames.every,
            "rate": frames.rate,
            "across": frames.across,
        }

    def _finish(self) -> None:
        wish = self.wish()
        self._remember()
        self.accept()
        self.chosen.emit(wish)
