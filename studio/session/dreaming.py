"""The half of the session that plays."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QSettings

from studio.dream.settings import DreamSettings, Start
from studio.jobs.frames import DreamFrame
from studio.jobs.status import PlayerState
from studio.models.spec import Family
from studio.project.picture_recipe import PictureRecipe, command
from studio.project.recipe import FAMILIES
from studio.session.answers import Bits, DreamPicture, FilterPicture, ToExport
from studio.session.core import SessionCore
from studio.session.notices import Level, Notice
from studio.session.undo import Past

if TYPE_CHECKING:
    from studio.session.workshop import Workshop

LARGEST_SHEET = 1 << 26  # pixels: what a canvas of the largest size has
INSPECT = "Looking at a filter"
DREAM_PICTURE = "Exporting the dream"
FILTER_SHEET = "Exporting the filters"
RESTART = "Starting the dream"


class Dreaming(SessionCore):
    """Play, pause, sweep, restart; filters at a closer look; pictures to take away."""

    def __init__(self, settings: QSettings, parent: QObject | None = None) -> None:
        super().__init__(settings, parent)
        self._pump.frame_arrived.connect(self._count_sweeps)

    def _count_sweeps(self, _kind: str, frame: object) -> None:
        if isinstance(frame, DreamFrame):
            self._sweep = frame.sweep

    def play(self) -> None:
        if self.has_model:
            self._compute.ask("Playing", lambda workshop: workshop.player.play())
            self._set_player(PlayerState.PLAYING)

    def pause_dream(self) -> None:
        if self.has_model:
            self._compute.ask("Pausing the dream", lambda workshop: workshop.player.pause())
            self._set_player(PlayerState.PAUSED)

    def sweep_once(self) -> None:
        """Pause, and take one sweep."""
        if self.has_model:
            self.pause_dream()
            self._compute.ask("Sweeping", lambda workshop: workshop.player.sweep_once())

    def restart_dream(self, start: Start, picture: str = "", index: int = -1) -> None:
        """Begin the dream anew from noise, a training picture (`index`, or drawn by the seed) or a picture file."""
        if not self.has_model:
            self.notify(Notice(Level.WARNING, "There is no model to dream yet.", "Press Start, or open a project."))
            return
        self._start_of_dream = (start, picture, index)
        self._compute.ask(RESTART, lambda workshop: workshop.restart(start, picture, index))

    def set_dream(self, value: DreamSettings) -> None:
        """Play with these settings from the next sweep on."""
        if value == self.dream:
            return
        names = [field.name for field in dataclasses.fields(value)]
        turned = [name for name in names if getattr(value, name) != getattr(self.dream, name)]
        self._undo.changed(Past(f"the dream's {turned[0].replace('_', ' ')}", self.recipe, self.dream))
        self._play_with(value)
        self._touch()
        self.undo_changed.emit(*self._undo.labels)

    def inspect_filter(self, index: int) -> None:
        """Look at one filter closely; filter_inspected follows."""
        if self.has_model:
            self._compute.ask(INSPECT, lambda workshop: workshop.inspect(index))

    def export_dream(self, path: Path, bits: Bits = 8, sheet: tuple[int, int] = (1, 1)) -> None:
        """Save the dream as it stands as a PNG that carries its recipe; `sheet` is columns and rows of copies."""

        def look(workshop: Workshop) -> DreamPicture:
            return dataclasses.replace(workshop.dream_now(path), bits=bits, sheet=sheet)

        self._compute.ask(DREAM_PICTURE, look)

    def export_filters(self, path: Path) -> None:
        """Save the sheet of filters as a PNG."""
        self._compute.ask(FILTER_SHEET, lambda workshop: workshop.filters_now(path))

    def command_for_dream(self) -> str:
        """Return the command line that draws this dream from the saved project."""
        project = str(self.project.path) if self.project.path else "PROJECT.harmonium"
        return command(self._made(self._sweep, ""), project, "dream.png")

    def _made(self, sweeps: int, model_hash: str) -> PictureRecipe:
        start, picture, index = self._start_of_dream
        return PictureRecipe(self.recipe, model_hash, self.dream, sweeps, start, picture, index)

    def _write_picture(self, value: DreamPicture | FilterPicture) -> None:
        if isinstance(value, FilterPicture):
            self.files.export(ToExport(value.path, value.pixels))
            return
        columns, rows = value.sheet
        wide, high = columns * value.pixels.shape[1], rows * value.pixels.shape[0]
        if wide * high > LARGEST_SHEET:
            self.notify(
                Notice(
                    Level.WARNING,
                    f"A sheet of {wide} x {high} px is too large to be written.",
                    "Choose fewer copies, or a smaller canvas.",
                )
            )
            return
        recipe = self._made(value.sweeps, value.model_hash)
        self.files.export(
            ToExport(value.path, value.pixels, recipe, value.exact, value.bits, value.sheet, self._meeting())
        )

    def _meeting(self) -> tuple[int, ...]:
        """Return the axes along which the dream should meet itself."""
        tiles = self.family in list(Family) and FAMILIES[Family(self.family)].any_size
        if not tiles or self.dream.chains > 1:
            return ()
        return tuple(axis for axis, meets in enumerate(self.dream.seamless.wrap) if meets)
