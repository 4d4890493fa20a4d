"""The part of the session that draws a picture again from the recipe it carries."""

from __future__ import annotations

import dataclasses
from pathlib import Path

from PySide6.QtCore import QObject, QSettings

from studio.dream.settings import Blend, Start
from studio.jobs.frames import DreamFrame
from studio.jobs.status import PlayerState
from studio.project.recipe_found import RecipeFound
from studio.session.dreaming import Dreaming
from studio.session.files import Looked
from studio.session.notices import Level, Notice

RUN_TO = "Drawing the picture again"


class Restoring(Dreaming):
    """Reads recipes, and sweeps as far as one says."""

    def __init__(self, settings: QSettings, parent: QObject | None = None) -> None:
        super().__init__(settings, parent)
        self._goal = 0  # sweeps at which a picture is restored
        self._pump.frame_arrived.connect(self._watch_goal)
        self.player_changed.connect(self._give_up_goal)
        self.files.recipe_looked_for.connect(self._take_looked)

    def look_for_recipe(self, path: Path) -> None:
        """Read whether a picture carries a recipe; recipe_looked_for follows."""
        weights = self.kept.weights if self.kept is not None else {}
        self.files.find_recipe(path, weights)

    def _take_looked(self, looked: Looked) -> None:
        if looked.error is not None:
            self.notify(Notice(Level.WARNING, looked.error.message, "The picture is used without it."))
        self.recipe_looked_for.emit(looked.path, looked.found)

    def take_settings(self, found: RecipeFound) -> None:
        """Play with the settings of the picture's recipe; a map that only its maker has is left out."""
        dream = found.made.dream
        if dream.blend is Blend.PICTURE:
            dream = dataclasses.replace(dream, blend=Blend.NONE, blend_picture="")
            self.notify(
                Notice(Level.INFO, "The map of this picture's blend is not in it.", "Choose it again under Blend.")
            )
        altered = found.made.altered
        if altered.others:
            altered = self.altered
            self.notify(
                Notice(
                    Level.INFO, "The picture's model was altered by another project.", "Fade to it again under Alter."
                )
            )
        if dream != self.dream or altered != self.altered:
            self._remember("the settings of a picture", alone=True)
            self._alter_with(altered)
            self._own = None
            self._play_with(dream)

    def restore(self, found: RecipeFound) -> None:
        """Draw the picture again: its settings, its seed, as many sweeps as it took."""
        made = found.made
        self.take_settings(found)
        self.set_free()
        self.pause_dream()
        self.restart_dream(made.start, "", made.index if made.start is Start.DATA else -1)
        if made.sweeps > 0:
            self._compute.ask(RUN_TO, lambda workshop: workshop.player.run_to(made.sweeps))
            self._set_player(PlayerState.PLAYING)
            self._goal = made.sweeps
            self.work_changed.emit(f"{RUN_TO}: {made.sweeps:,} sweeps")

    def _watch_goal(self, _kind: str, frame: object) -> None:
        if self._goal and isinstance(frame, DreamFrame) and frame.sweep == self._goal:
            self._reach_goal()
            self._set_player(PlayerState.PAUSED)

    def _give_up_goal(self, state: PlayerState) -> None:
        if self._goal and state is not PlayerState.PLAYING:
            self._reach_goal()

    def _reach_goal(self) -> None:
        self._goal = 0
        self.work_changed.emit("")
