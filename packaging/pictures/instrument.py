"""The canvas played as an instrument: a picture of each thing one does with it, with the model of the first start."""

from __future__ import annotations

import dataclasses
import os

import shots
from keep import keep
from PIL import Image
from PySide6.QtWidgets import QWidget

from studio.data.spec import DatasetSpec
from studio.dream.mixer import Mixer, PartMix
from studio.dream.settings import Seamless, Start
from studio.dream.strokes import Brush, Form, Stroke
from studio.jobs.status import RunState
from studio.models.altered import Altered, Glitch, GlitchKind
from studio.project.presets import preset
from studio.ui.compare_pixels import Way
from studio.ui.export_dialog import FILM, ExportDialog
from studio.ui.gallery import GallerySettings
from studio.ui.history_dialog import HistoryDialog
from studio.ui.lapse_dialog import LapseDialog
from studio.ui.measure.pixels import click
from studio.ui.palette import CommandPalette
from studio.ui.recipe_dialog import RecipeDialog
from studio.ui.shortcut_editor import ShortcutEditor

SETTLED = 300  # sweeps after which noise has become bricks
HEALING = 8  # looks after which a visitor's stroke is half healed
LAPSE_SECONDS = 12.0
STAMPED = 3  # of the scale of large shapes, which are seen from afar
SMALL = (256, 256)


def make() -> None:
    """Take every picture of the instrument."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    shots.direct(Instrument)


class Instrument(shots.Director):
    """Plays the bricks of the first start in every way, then learns letters for the time-lapse."""

    def _scenes(self) -> shots.Script:
        yield lambda: self.session.has_model and bool(self.session.devices) and self.session.dataset is not None
        yield from self._at(shots.SMALL)
        self.window.dream.canvas.setFocus()
        yield from self._rewinding()
        yield from self._tiles()
        yield from self._mixer()
        yield from self._altering()
        yield from self._stamping()
        yield from self._carried()
        yield from self._comparing()
        yield from self._keys()
        yield from self._gallery()
        yield from self._lapse()

    def _dreamt(self, sweeps: int) -> shots.Wait:
        return lambda: self.window.dream.sweep >= sweeps

    def _rewinding(self) -> shots.Script:
        for number, sweeps in enumerate((1, 6, 20, 60, 150, SETTLED), 1):
            yield self._dreamt(sweeps)
            self.session.keep_snapshot()
            yield lambda number=number: len(self.session.snapshots) == number
        self.session.name_snapshot(5, "the best")
        self.session.lock_snapshot(5, True)
        self.window.show_workspace("inspect")
        self.session.rewind(5)
        yield self._settled()
        shot(self.window.snapshots, "playing-snapshots")

    def _tiles(self) -> shots.Script:
        self.window.show_workspace("dream")
        wide, high = SMALL
        dream = dataclasses.replace(self.session.dream, width=wide, height=high, seamless=Seamless.BOTH)
        self.session.set_dream(dream)
        self.session.restart_dream(Start.NOISE)
        yield lambda: self.window.dream.sweep < SETTLED
        yield self._dreamt(SETTLED)
        self.window.dream.strip.canvas.wrap.setChecked(True)
        yield self._settled()
        shot(self.window.dream, "playing-tiles")
        self.window.dream.strip.canvas.wrap.setChecked(False)

    def _mixer(self) -> shots.Script:
        self.window.show_workspace("inspect")
        mixer = Mixer(
            muted=frozenset({2, 9, 12}), held=frozenset({5}), gains=((7, 2.0),), parts=(PartMix(), PartMix(gain=0.5))
        )
        self.session.set_mixer(mixer)
        self.window.filters.sheet.select(5)
        self.window.filters.sheet.cell_clicked.emit(5)
        self.window.filters.mixer.fold.set_open(True)
        yield self._settled()
        shot(self.window, "playing-mixer")
        self.window.filters.mixer.fold.set_open(False)
        self.session.set_mixer(Mixer())

    def _altering(self) -> shots.Script:
        glitches = (Glitch(GlitchKind.QUANTISE, 0.8), Glitch(GlitchKind.SHUFFLE, 0.3, seed=4))
        self.session.set_altered(Altered(glitches))
        self.window.filters.alter.fold.set_open(True)
        sweep = self.window.dream.sweep
        yield self._dreamt(sweep + 60)
        yield self._settled()
        shot(self.window, "playing-altered")
        self.window.filters.alter.fold.set_open(False)
        self.session.set_altered(Altered())

    def _stamping(self) -> shots.Script:
        sweep = self.window.dream.sweep
        yield self._dreamt(sweep + 100)
        self.session.pause_dream()
        self.window.show_workspace("dream")
        unit = self.session.parts[-1].first + STAMPED
        self.window.filters.sheet.select(unit)
        self.window.filters.sheet.cell_clicked.emit(unit)
        self.window.commands.take_stamp()
        yield self._settled()
        line = tuple((x, 190.0 - 0.5 * x, 1.0) for x in range(50, 220, 10))
        self.session.begin_stroke(Stroke(Brush.FILTER, points=line, size=72.0, unit=unit))
        yield self._settled()
        shot(self.window, "painting-stamp")
        self.session.clear_strokes()
        self.session.play()

    def _carried(self) -> shots.Script:
        self.window.dream.paint_bar.tell(brush=Brush.HOLE)
        self.window.dream.painter.set_open(False)
        self.window.dream.export()
        yield lambda: self.window.findChild(ExportDialog) is not None
        dialog = self.window.findChild(ExportDialog)
        assert dialog is not None
        click(dialog.kind.button(FILM))
        yield from self._dialog(ExportDialog, "taking-away-animation")
        path = self._place / "bricks.png"
        self.session.restart_dream(Start.NOISE)
        yield lambda: self.window.dream.sweep < SETTLED
        yield self._dreamt(SETTLED)
        self.session.export_dream(path)
        yield path.exists
        dream = dataclasses.replace(self.session.dream, temperature=1.4, smooth=0.3, seed=12)
        self.session.set_dream(dream)
        self.session.look_for_recipe(path)
        yield from self._dialog(RecipeDialog, "recipe-in-a-picture")

    def _comparing(self) -> shots.Script:
        self.session.set_dream(dataclasses.replace(self.session.dream, temperature=0.85, smooth=0.0))
        self.window.show_workspace("fill")
        self.session.hold_whole(index=0)
        yield lambda: self.session.hold is not None and self.session.dream.width == 512
        self.session.begin_stroke(Stroke(form=Form.ELLIPSE, points=((150.0, 170.0, 1.0), (360.0, 340.0, 1.0))))
        yield lambda: self.window.fill.scores.text() != ""
        sweep = self.window.dream.sweep
        yield self._dreamt(sweep + shots.HEALED)
        self.window.dream.show_comparison(True)
        yield self._settled()
        shot(self.window.dream, "playing-compare")
        click(self.window.dream.compare.way.button(str(Way.LOUPE)))
        yield self._settled()
        shot(self.window.dream.compare, "playing-loupe")
        self.window.dream.show_comparison(False)
        self.session.set_free()
        self.window.commands.show_history()
        yield from self._dialog(HistoryDialog, "history")

    def _keys(self) -> shots.Script:
        self.window.commands.open_palette()
        yield lambda: self.window.findChild(CommandPalette) is not None
        palette = self.window.findChild(CommandPalette)
        assert palette is not None
        palette.search.setText("snap")
        yield from self._dialog(CommandPalette, "palette")
        self.window.commands.edit_keys()
        yield from self._dialog(ShortcutEditor, "keys")

    def _gallery(self) -> shots.Script:
        self.window.open_gallery(GallerySettings(alone=False))
        gallery = self.window.gallery
        assert gallery is not None
        yield lambda: gallery.canvas.whole == (512, 512)
        yield self._settled()
        line = tuple((float(x), 360.0 - 0.4 * x, 1.0) for x in range(120, 400, 20))
        self.session.cover(Stroke(points=line, size=100.0))
        for _ in range(HEALING):
            yield self._settled()
        shot(gallery, "gallery")
        gallery.leave()
        yield self._settled()

    def _lapse(self) -> shots.Script:
        letters = preset("glyphs-rbm")
        self.session.new_project()
        yield self._settled()
        self.session.apply_preset(letters.name)
        self.session.set_data(DatasetSpec((f"sample:{letters.sample}",)))
        yield self._pictures_read
        click(self.window.training.head.big)
        yield self._trained_for(LAPSE_SECONDS)
        self.session.stop()
        yield lambda: self.session.status.state is RunState.IDLE and bool(self.session.lapse_steps)
        self.window.commands.time_lapse()
        yield lambda: self.window.findChild(LapseDialog) is not None
        yield self._settled()
        yield from self._dialog(LapseDialog, "time-lapse")


def shot(widget: QWidget, name: str) -> None:
    """Keep a part of the window as it is drawn now, on the window's own ground."""
    image = widget.grab().toImage()
    flat = Image.fromarray(shots.from_qimage(image)).convert("RGBA")
    ground = widget.palette().window().color().toTuple()[:3]
    whole = Image.new("RGBA", flat.size, (*ground, 255))
    keep(Image.alpha_composite(whole, flat).convert("RGB"), name)
