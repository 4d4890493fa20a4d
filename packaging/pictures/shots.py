"""The window, driven through its own buttons and the session behind them, while it really trains."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Callable, Generator
from pathlib import Path
from tempfile import TemporaryDirectory
from types import GeneratorType

import presets as sets
from keep import keep
from PIL import Image
from PySide6.QtCore import QObject, QSettings, QTimer
from PySide6.QtWidgets import QDialog, QWidget

from studio.app import Studio
from studio.data.samples import find_sample, picture_files
from studio.data.spec import DatasetSpec
from studio.dream.strokes import Form, Stroke
from studio.errors import StudioError
from studio.jobs.status import RunState
from studio.jobs.threads import quieten_threads
from studio.project.presets import preset
from studio.ui.colours import ThemeName
from studio.ui.images import from_qimage
from studio.ui.measure.pixels import click
from studio.ui.seen import PreprocessDialog
from studio.ui.verdicts import VerdictDialog

LOOK_MS = 40
LIMIT_MS = 90_000
SETTLE_MS = 900  # until everything is drawn at its new size and curves have been drawn again
SMALL, LARGE = (1280, 800), (1920, 1080)
TAKEN = ((SMALL, ThemeName.LIGHT), (SMALL, ThemeName.DARK), (LARGE, ThemeName.DARK))
SECONDS = 25.0  # of training before its picture is taken
FILTER = 3
HEALED = 150  # sweeps after which a hole in bricks is seen to be healed
RISEN = 250  # and after which the wall of the first dream stands

Wait = Callable[[], bool]
Script = Generator[Wait, None, None]


def make(folder: Path | None) -> None:
    """Take every picture of the window."""
    direct(Director, folder)


def direct(kind: type[Director], folder: Path | None = None) -> None:
    """Open the studio for a director, who plays a script in it and closes it."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    quieten_threads()
    place = TemporaryDirectory(prefix="harmonium-")
    with place:
        studio = Studio((), QSettings(str(Path(place.name) / "settings.ini"), QSettings.Format.IniFormat))
        director = kind(studio, folder, Path(place.name))
        studio.show()
        director.begin()
        studio.execute()
    if director.problem:
        raise StudioError("Not every picture of the window was taken.", director.problem)


class Director(QObject):
    """Runs a script that yields what has to be seen before it goes on."""

    def __init__(self, studio: Studio, folder: Path | None, place: Path) -> None:
        super().__init__()
        self.window, self.session, self._theme = studio.window, studio.session, studio.theme
        self._folder, self._place = folder, place
        self._waiting: Wait | None = None
        self.problem = ""
        self._script = self._scenes()
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._look = QTimer(self)
        self._look.setInterval(LOOK_MS)
        self._look.timeout.connect(self._go_on)
        self._limit = QTimer(self)
        self._limit.setSingleShot(True)
        self._limit.timeout.connect(self._late)

    def begin(self) -> None:
        self._look.start()
        self._limit.start(LIMIT_MS)

    def _go_on(self) -> None:
        if self._rest.isActive() or (self._waiting is not None and not self._waiting()):
            return
        try:
            self._waiting = next(self._script)
            self._limit.start(LIMIT_MS)
        except StopIteration:
            self._end()
        except Exception as error:
            self.problem = f"The script broke off: {type(error).__name__}: {error}"
            self._end()
            raise

    def _late(self) -> None:
        assert isinstance(self._script, GeneratorType)
        self.problem = f"What line {self._script.gi_frame.f_lineno} of the script waits for did not appear."
        self._end()

    def _end(self) -> None:
        self._look.stop()
        self._limit.stop()
        self.window.close_at_once()

    def _settled(self) -> Wait:
        self._rest.start(SETTLE_MS)
        return lambda: True

    # the scenes

    def _scenes(self) -> Script:
        yield lambda: self.session.has_model and bool(self.session.devices)
        yield from self._at(SMALL)
        yield lambda: self.window.dream.sweep > RISEN
        yield self._settled()
        shot(self.window, "window-first")
        yield from self._filling()
        self.session.new_project()
        yield self._settled()
        shot(self.window, "window-empty")
        yield from self._verdicts()
        yield from self._training()
        yield from self._workspaces()
        self.session.stop()
        yield lambda: self.session.status.state is RunState.IDLE

    def _filling(self) -> Script:
        """Cover a part of the bundled bricks, and leave it to be healed."""
        yield lambda: self.session.dataset is not None
        self.window.show_workspace("fill")
        click(self.window.fill.data_button)
        yield lambda: self.session.hold is not None and self.session.dream.width == 512
        yield self._settled()
        size = 72.0
        line = tuple((x, 300.0 - 0.5 * x + 60.0 * (x > 250), 1.0) for x in range(120, 420, 20))
        self.session.begin_stroke(Stroke(points=line, size=size))
        self.session.begin_stroke(Stroke(form=Form.ELLIPSE, points=((300.0, 330.0, 1.0), (430.0, 440.0, 1.0))))
        yield lambda: self.window.fill.scores.text() != ""
        sweep = self.window.dream.sweep
        yield lambda: self.window.dream.sweep > sweep + HEALED
        yield self._settled()
        shot(self.window, "workspace-fill")
        self.window.dream.painter.set_open(False)
        self.window.show_workspace("train")
        yield self._settled()

    def _verdicts(self) -> Script:
        self.session.add_data([str(examples(self._place / "walls"))])
        yield self._pictures_read
        self.window.dataset.open_verdicts()
        yield from self._dialog(VerdictDialog, "verdicts")
        self.session.set_data(DatasetSpec(("sample:photographs",)))
        self.session.apply_preset("texture-rbm")
        yield self._pictures_read
        self.window.dataset.open_preprocess()
        yield from self._dialog(PreprocessDialog, "preprocess")

    def _training(self) -> Script:
        digits = preset("digits-rbm")
        self.session.apply_preset(digits.name)
        self.session.set_data(DatasetSpec((sets.data_of(digits, self._folder),)))
        yield self._pictures_read
        click(self.window.training.head.big)
        yield self._trained_for(SECONDS)
        self.session.set_dream(dataclasses.replace(self.session.dream, chains=16))
        for size, name in TAKEN:
            yield from self._at(size)
            self._theme.set_name(name)
            yield self._settled()
            shot(self.window, f"window-{name}-{size[0]}x{size[1]}")

    def _workspaces(self) -> Script:
        yield from self._at(SMALL)
        self.window.show_workspace("inspect")
        yield self._settled()
        self.session.inspect_filter(FILTER)
        self.window.filters.sheet.select(FILTER)
        yield self.window.filters.detail.isVisible
        yield self._settled()
        shot(self.window, "workspace-inspect")
        self.window.show_workspace("dream")
        self.session.set_dream(dataclasses.replace(self.session.dream, chains=36))
        yield self._settled()
        shot(self.window, "workspace-dream")

    # what the scenes are made of

    def _at(self, size: tuple[int, int]) -> Script:
        self.window.resize(*size)
        yield lambda: (self.window.width(), self.window.height()) == size
        self.window.show_workspace(self.window.regions.key)
        yield self._settled()

    def _dialog(self, kind: type[QDialog], name: str) -> Script:
        yield lambda: self.window.findChild(kind) is not None
        yield self._settled()
        dialog = self.window.findChild(kind)
        assert dialog is not None
        shot(dialog, name)
        dialog.close()
        yield lambda: self.window.findChild(kind) is None

    def _pictures_read(self) -> bool:
        images, recipe = self.session.dataset, self.session.recipe
        return images is not None and images.spec == recipe.data and images.preprocess == recipe.preprocess

    def _trained_for(self, seconds: float) -> Wait:
        return lambda: self.session.progress is not None and self.session.progress.seconds >= seconds


def shot(widget: QWidget, name: str) -> None:
    """Keep a widget as it is drawn now."""
    keep(Image.fromarray(from_qimage(widget.grab().toImage())[..., :3]), name)


def examples(folder: Path) -> Path:
    """Return a folder of pictures as one may have them: some good, one torn, one that is no picture."""
    folder.mkdir()
    for sample in ("bricks", "grass", "gravel", "photographs"):
        for path in picture_files(find_sample(sample)):
            (folder / path.name).write_bytes(path.read_bytes())
    whole = (folder / "brick.png").read_bytes()
    (folder / "wall, torn.png").write_bytes(whole[: len(whole) // 3])
    (folder / "notes.txt").write_text("north side, in the evening", encoding="utf-8")
    return folder
