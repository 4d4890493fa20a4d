"""The half of the session that plays."""

from __future__ import annotations

import dataclasses
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QSettings

from studio.dream.holes import Hole
from studio.dream.place import At, Hold
from studio.dream.settings import DreamSettings, Seamless, Start
from studio.dream.take import Alpha
from studio.jobs.frames import DreamFrame
from studio.jobs.status import PlayerState
from studio.models.spec import Family
from studio.project.held import Held
from studio.project.picture_recipe import PictureRecipe, command
from studio.project.recipe import FAMILIES
from studio.session.answers import Bits, Canvas, DreamPicture, FilterPicture, ToExport
from studio.session.core import CANVAS, HOLDING, LOOK, PLAYING, RESTART, SessionCore
from studio.session.notices import Level, Notice

if TYPE_CHECKING:
    from studio.session.workshop import Workshop

LARGEST_SHEET = 1 << 26  # pixels: what a canvas of the largest size has
INSPECT = "Looking at a filter"
DREAM_PICTURE = "Exporting the dream"
FILTER_SHEET = "Exporting the filters"
TELLS_KEY = "export/recipe"


class Dreaming(SessionCore):
    """Play, pause, sweep, restart; filters at a closer look; pictures to take away."""

    def __init__(self, settings: QSettings, parent: QObject | None = None) -> None:
        super().__init__(settings, parent)
        self._choices = settings
        self.exact = True  # whether seed and settings lead to the dream that was shown last
        self._pump.frame_arrived.connect(self._count_sweeps)

    def _count_sweeps(self, _kind: str, frame: object) -> None:
        if isinstance(frame, DreamFrame):
            self._sweep, self.exact = frame.sweep, frame.exact

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
        """Begin the dream anew from noise, a training picture (`index`, or drawn by the seed) or a picture file.

        From where it began before, it goes on to hold what it held.
        """
        if not self.has_model:
            self.notify(Notice(Level.WARNING, "There is no model to dream yet.", "Press Start, or open a project."))
            return
        if self.hold is not None and self.start_of_dream == (start, picture, index):
            self._ask_canvas(RESTART, lambda workshop: workshop.again())
            return
        if self.hold is not None and self.hold.framed:
            self._hold_with(None, self.own_dream)
        self._back_to_own()
        self.start_of_dream = (start, picture, index)
        if self.hold is not None:
            self._set_strokes(())  # painted over what is let go of
        self._set_hold(None)
        self._ask_canvas(RESTART, lambda workshop: workshop.restart(start, picture, index))

    def set_dream(self, value: DreamSettings) -> None:
        """Play with these settings from the next sweep on."""
        if value == self.dream:
            return
        names = [field.name for field in dataclasses.fields(value)]
        turned = [name for name in names if getattr(value, name) != getattr(self.dream, name)]
        label = f"the dream's {turned[0].replace('_', ' ')}"
        self._remember(label)
        self._turn_own(value, turned)
        self._play_with(value)

    def _turn_own(self, value: DreamSettings, turned: list[str]) -> None:
        """Turn the dream's own settings as well, but for the canvas, which is a picture's until another is chosen."""
        if set(turned) & CANVAS and (self.hold is None or not self.hold.framed):
            self._own = None
        elif self._own is not None:
            same = {name: getattr(value, name) for name in turned if name not in CANVAS}
            self._own = replace(self._own, **same)

    def hold_picture(self, picture: str, at: At = At.CENTRE) -> None:
        """Hold a picture file at a place on the canvas, and dream the rest anew."""
        if self.has_model:
            self._take_hold(Hold(picture, at), self.dream, "what is held")

    def heal(self, hole: Hole = Hole.ALPHA) -> None:
        """Hold the exemplar and dream its hole: what is transparent, else its centre, or the hole that is asked for."""
        if not self.has_model:
            return
        self._take_hold(
            Hold(hole=hole),
            replace(self.dream, seamless=Seamless.NONE, smooth=0.0, drive=0.0, roll=False, coarse=False),
            "the hole",
        )
        self.play()

    def set_free(self) -> None:
        """Let go of what is held; the dream goes on from it."""
        if self.hold is not None or self.strokes:
            self._take_hold(None, self.dream, "what is held")

    def _take_hold(self, hold: Hold | None, dream: DreamSettings, label: str, several: bool = False) -> None:
        self._remember(label)
        if hold is not None and hold.framed:
            self._own = self.own_dream
        elif hold is not None:
            dream, self._own = self.own_dream, None
        self._hold_with(hold, dream, several)

    def _take_canvas(self, canvas: Canvas, whole: bool) -> None:
        """Show what the dream is really on: what is held may need a larger canvas than was asked for.

        Other settings may have been turned since, and are looked at only if `whole`.
        """
        self._set_hold(canvas.hold)
        self._held = canvas.held
        found = canvas.settings
        dream = replace(
            self.dream, chains=found.chains, width=found.width, height=found.height, seamless=found.seamless
        )
        if whole:
            dream = found
        if dream != self.dream:
            self.dream = dream
            self.dream_changed.emit(dream)
            if not self.exhibiting:
                self._touch()

    def _look_again(self, task: str) -> None:
        """Ask what the dream is on, after a request to change that failed."""
        if task in (PLAYING, HOLDING, RESTART):
            self._ask_canvas(LOOK, lambda workshop: workshop.canvas())
        elif task == DREAM_PICTURE:
            self.work_changed.emit("")

    def inspect_filter(self, index: int) -> None:
        """Look at one filter closely; filter_inspected follows."""
        if self.has_model:
            self._compute.ask(INSPECT, lambda workshop: workshop.inspect(index))

    def export_dream(
        self, path: Path, bits: Bits = 8, sheet: tuple[int, int] = (1, 1), alpha: Alpha = Alpha.NONE
    ) -> None:
        """Save the dream as it stands as a picture that carries its recipe; `sheet` is columns and rows of copies."""

        def look(workshop: Workshop) -> DreamPicture:
            from studio.session import takes

            return dataclasses.replace(takes.picture(workshop, path, alpha), bits=bits, sheet=sheet)

        self.work_changed.emit(DREAM_PICTURE)  # a sweep of a large canvas has to end first
        self._compute.ask(DREAM_PICTURE, look)

    @property
    def tells_recipes(self) -> bool:
        """Whether pictures carry the recipe of their dream."""
        return self._choices.value(TELLS_KEY, True, bool) is True

    def tell_recipes(self, told: bool) -> None:
        """Let pictures carry the recipe of their dream from now on, or nothing."""
        self._choices.setValue(TELLS_KEY, told)

    def export_filters(self, path: Path) -> None:
        """Save the sheet of filters as a PNG."""
        self._compute.ask(FILTER_SHEET, lambda workshop: workshop.filters_now(path))

    def command_for_dream(self) -> str:
        """Return the command line that draws this dream from the saved project."""
        project = str(self.project.path) if self.project.path else "PROJECT.harmonium"
        return command(self._made(self._sweep, "", self._held), project, "dream.png")

    def _made(self, sweeps: int, model_hash: str, held: Held | None, exact: bool = True) -> PictureRecipe:
        made = PictureRecipe(
            self.recipe, model_hash, self.dream, sweeps, altered=self.altered, told=self.tells_recipes, exact=exact
        )
        if held is not None:
            return dataclasses.replace(made, held=held)
        start, picture, index = self.start_of_dream
        return dataclasses.replace(made, start=start, picture=picture, index=index)

    def _write_picture(self, value: DreamPicture | FilterPicture) -> None:
        if isinstance(value, FilterPicture):
            self.files.export(ToExport(value.path, value.pixels))
            return
        columns, rows = value.sheet
        wide, high = columns * value.pixels.shape[1], rows * value.pixels.shape[0]
        if wide * high > LARGEST_SHEET:
            self.work_changed.emit("")
            self.notify(
                Notice(
                    Level.WARNING,
                    f"A sheet of {wide} x {high} px is too large to be written.",
                    "Choose fewer copies, or a smaller canvas.",
                )
            )
            return
        recipe = self._made(value.sweeps, value.model_hash, value.held, value.exact)
        self.files.export(
            ToExport(
                value.path,
                value.pixels,
                recipe,
                value.exact if recipe.told else None,
                value.bits,
                value.sheet,
                self._meeting(),
                value.alpha,
            )
        )

    def _meeting(self) -> tuple[int, ...]:
        """Return the axes along which the dream should meet itself."""
        tiles = self.family in list(Family) and FAMILIES[Family(self.family)].any_size
        if not tiles or self.dream.chains > 1:
            return ()
        return tuple(axis for axis, meets in enumerate(self.wrap) if meets)
