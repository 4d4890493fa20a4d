"""The part of the compute thread's work at the canvas: where a dream begins, what is held and painted, its picture."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from studio.data.picture import read_picture
from studio.data.sheet import grid
from studio.dream.begin import check_canvas, size_of
from studio.dream.blending import Blend as FillBlend
from studio.dream.held_picture import together
from studio.dream.large import check_memory, check_shown
from studio.dream.place import Hold
from studio.dream.settings import DreamSettings, Show, Start
from studio.dream.shown import reduced, reduction
from studio.dream.strokes import Stroke
from studio.errors import DataError, SettingsError
from studio.jobs.fill_frames import FillFrame
from studio.models.build import weights_of
from studio.project.hashing import model_hash
from studio.project.holding import growing, healing, whole_picture
from studio.project.looks import start_pictures
from studio.project.painted import fill_frame, paint, paint_frame, repaint
from studio.project.taking import is_large
from studio.session.answers import Canvas, DreamPicture, Rewound, ToMask
from studio.session.looking import Looking


class Easel(Looking):
    """The model at hand, its pictures, and the canvas that it dreams on."""

    def set_dream(self, settings: DreamSettings) -> Canvas:
        """Play with these settings, on a canvas that has room for what is held; returns what is in force.

        Raises DeviceError where memory does not suffice, SettingsError where no filter fits, and changes nothing then.
        """
        if self.trained is not None:
            if self.player.held is not None:
                settings = self.player.held.settings(self.trained.model, settings)
            check_canvas(self.trained.model, settings)
            self._require_memory(settings)
        self.player.set(settings)
        if self.player.held is not None or self.player.painting is not None:
            self._tell_paint()
        return self.canvas()

    def hold(self, hold: Hold | None, settings: DreamSettings, several: bool = False) -> Canvas:
        """Begin anew around what is to be held, or set free what is, and play with these settings.

        `several` chains, as many as can be watched, show where a whole picture is guessed.
        """
        if hold is None:
            self.player.release()
            self._holding = None
            self._tell_paint()
            return self.set_dream(settings)
        if self.trained is None:
            raise SettingsError("There is no model to dream yet.", "Press Start, or open a project.")
        if hold.whole:
            holding = whole_picture(hold.picture, hold.index, self.images, self.trained)
        elif hold.hole is not None:
            holding = healing(self.images, hold.hole, self.trained)
        else:
            holding = growing(Path(hold.picture), hold.at, self.trained)
        if several and settings.chains == 1:
            settings = dataclasses.replace(settings, chains=together(holding.picture.inner))
        settings = holding.picture.settings(self.trained.model, settings)
        self._require_memory(settings)
        self.player.settings, self._holding = settings, holding
        self.player.restart(held=holding.picture)
        self._tell_paint()
        return self.canvas()

    def again(self) -> Canvas:
        """Begin anew around what is held."""
        self.player.restart(held=self.player.held)
        return self.canvas()

    def paint(self, stroke: Stroke, begins: bool) -> None:
        """Take a stroke of the brush, or the next part of the one under way."""
        if self.trained is not None:
            paint(self.trained, self.player, stroke, begins)
            self._tell_paint()

    def rewind(self, number: int) -> Rewound:
        """Go back to a snapshot; raises SettingsError if it is gone."""
        rewound = super().rewind(number)
        self._tell_paint()
        return rewound

    def repaint(self, strokes: tuple[Stroke, ...]) -> None:
        """Paint these strokes in place of what was painted."""
        if self.trained is not None:
            repaint(self.trained, self.player, strokes)
            self._tell_paint()

    def filling(self, blend: FillBlend) -> FillFrame | None:
        """Return what is made of the hole; None where nothing is held."""
        player = self.player
        if self.trained is None or player.chain is None or (player.painting is None and player.held is None):
            return None
        return fill_frame(self.trained, player, blend)

    def mask_now(self, path: Path) -> ToMask:
        """Return what of the canvas is a hole, on its way to a file."""
        known = paint_frame(self.player).known
        if known is None or known.all():
            raise SettingsError("There is no hole on the canvas to save.", "Paint one first.")
        return ToMask(path, ~known)

    def _tell_paint(self) -> None:
        self.feed.put("paint", paint_frame(self.player))

    def _require_memory(self, settings: DreamSettings) -> None:
        trained, chain = self.trained, self.player.chain
        if trained is None or trained.device != "cpu":
            return
        size = size_of(trained.model, settings)
        if chain is None or size != chain.size or settings.chains > chain.count:
            check_memory(trained.model, trained.model.shape[0], size, settings.chains, self._memory())

    def restart(self, start: Start, picture: str, index: int) -> Canvas:
        """Start the dream from noise, from a training picture (index, or one drawn by the seed), or from a file."""
        if self.trained is None:
            raise SettingsError("There is no model to dream yet.", "Press Start, or open a project.")
        if start is Start.ALONG:
            raise SettingsError("Only the command line draws along the training.", "harmonium dream --start along")
        if start is Start.NOISE:
            self.player.restart()
        elif start is Start.DATA:
            if self.images is None:
                raise DataError("There are no pictures at hand to start from.", "Drop the model's pictures here.")
            self.player.restart(start_pictures(self.trained, self.images, self.player.settings, index))
        else:
            preprocess = self.trained.recipe.preprocess
            pixels = read_picture(Path(picture), preprocess, is_large(self.trained.model, preprocess))
            self.player.restart(self.trained.to_model(pixels[None]))
        return self.canvas()

    def _dream_pictures(self, whole: bool = True) -> NDArray[np.float32]:
        """Return the dream as one picture, of a canvas too large to be shown the means of its blocks unless `whole`."""
        chain, trained = self.player.chain, self.trained
        if chain is None or trained is None:
            raise SettingsError("There is no dream to export yet.", "Press Start, or open a project.")
        shown = chain.mean() if self.player.settings.show is Show.MEAN else chain.sample()
        if not whole and trained.model.any_size:
            shown = reduced(shown, reduction(shown, self._most_shown))
        pictures = trained.to_pictures(shown, chain.controls.wrap)
        held, painting = self.player.held, self.player.painting
        if whole and painting is not None:
            pictures = painting.put_back(pictures)
        elif whole and held is not None:
            pictures = np.stack([held.seed(chain.size).put_back(picture) for picture in pictures])
        return grid(pictures) if chain.count > 1 else pictures[0]

    def dream_now(self, path: Path) -> DreamPicture:
        """Return the dream as one picture, and where it stands; raises DeviceError where memory does not suffice."""
        chain = self.player.chain
        if chain is not None and self.trained is not None and self.trained.model.any_size:
            check_shown(self.trained.model.shape[0], chain.size, chain.count, self._memory())
        pixels = self._dream_pictures()
        weights = weights_of(self.learned.model) if self.learned is not None else {}
        sweeps = chain.sweeps if chain is not None else 0
        held = self.canvas().held
        return DreamPicture(path, pixels, sweeps, model_hash(weights), self.player.exact, held=held)
