"""The part of the compute thread's work that plays: what the dream is on, how it is mixed, where it goes back to."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import torch

from studio.dream.mixer import NONE, Levels, Mixer, Units, levels
from studio.dream.player import Player
from studio.dream.settings import Show
from studio.dream.shown import reduced, reduction
from studio.dream.snapshot import Mark, SnapshotSettings
from studio.errors import SettingsError, StudioError
from studio.jobs.frames import as_levels
from studio.models.altered import UNALTERED, Altered
from studio.models.chain import Kind
from studio.models.parts import parts_of
from studio.project.held import Held, Way
from studio.project.holding import Holding
from studio.session.altered_model import Altering
from studio.session.answers import AlteredNow, Canvas, Rewound, SnapshotPicture

UNMIXED = Mixer()


@dataclass(frozen=True, slots=True)
class Aside:
    """What is held, how units are mixed and the model is altered: a snapshot brings it back, but for pressed keys."""

    holding: Holding | None = None
    mixer: Mixer = UNMIXED
    pressed: Units = NONE
    altered: Altered = UNALTERED
    base: int = 0


class Stage(Altering):
    """The player, the model that it plays, and what is kept beside it."""

    def __init__(self, player: Player, most_shown: int) -> None:
        super().__init__()
        self.player, self._most_shown = player, most_shown

    @property
    def _aside(self) -> Aside:
        aside = self.player.aside
        return aside if isinstance(aside, Aside) else Aside()

    @property
    def _holding(self) -> Holding | None:
        return self._aside.holding

    @_holding.setter
    def _holding(self, holding: Holding | None) -> None:
        self.player.aside = dataclasses.replace(self._aside, holding=holding)

    @property
    def _mixer(self) -> Mixer:
        return self._aside.mixer

    def canvas(self) -> Canvas:
        """Return what the dream is really on."""
        player, holding = self.player, self._holding
        painted = player.painting is not None
        if holding is None or player.chain is None or player.held is not holding.picture:
            return Canvas(player.settings, held=Held(Way.PAINTED, "") if painted else None)
        held = holding.told(player.chain.size)
        return Canvas(player.settings, holding.hold, dataclasses.replace(held, way=Way.PAINTED) if painted else held)

    def mix(self, mixer: Mixer, pressed: Units) -> None:
        """Play the units so from the next sweep on, and hold on those that are pressed just now."""
        if self.trained is not None:
            self.player.aside = dataclasses.replace(self._aside, mixer=mixer, pressed=pressed)
            self.player.mix(self._levels(mixer, pressed))

    def alter(self, altered: Altered) -> AlteredNow:
        """Play the model altered so from the next sweep on, or as before where that cannot be."""
        error = None
        if altered != self.altered and self.trained is not None and self.may_alter:
            try:
                self._alter(altered)
            except StudioError as refused:
                error = refused
            else:
                self._change_model()
        return AlteredNow(self.altered, error)

    def _change_model(self) -> None:
        """Play the model at hand from where the dream stands."""
        self._note_altered()
        if self.trained is not None:
            self.player.change(self.trained.model, self._levels(self._mixer, self._aside.pressed))
            self.publish_filters()

    def _note_altered(self) -> None:
        """Let snapshots know from now on how the model is altered."""
        self.player.aside = dataclasses.replace(self._aside, altered=self.altered, base=self.base)

    def _levels(self, mixer: Mixer, pressed: Units) -> Levels:
        """Return a mixer as the model at hand takes it."""
        if self.trained is None:
            return Levels()
        return self.widened(levels(mixer, parts_of(self.trained.recipe.model), pressed))

    def publish_filters(self) -> None:
        """Show the filters of the model at hand; nothing looks at them here."""

    def keep_snapshot(self) -> None:
        """Keep where the dream stands; raises SettingsError where there is no dream, or no room."""
        self.player.keep_snapshot()

    def set_snapshots(self, settings: SnapshotSettings, marks: tuple[Mark, ...]) -> None:
        """Keep snapshots so from now on, those marked under their names and as they are locked."""
        self.player.snapshots.set(settings)
        self.player.snapshots.mark(marks)
        self.player.tell_snapshots()

    def rewind(self, number: int) -> Rewound:
        """Go back to a snapshot, and return what the dream is on and mixed with; raises SettingsError if it is gone."""
        pressed = self._aside.pressed
        scene = self.player.snapshots.go_back(number).scene
        then = scene.aside if isinstance(scene.aside, Aside) else Aside()
        if then.base == self.base and then.altered != self.altered and self.may_alter:
            self._alter(then.altered)
            self._change_model()
        self.player.go_back(scene)
        if (then.base, then.altered) != (self.base, self.altered):
            self._change_model()  # what is played now may have other units than what was played then
        if self._aside.pressed != pressed:
            self.mix(self._mixer, pressed)  # the keys are where the hand is now
        painting = self.player.painting
        return Rewound(
            number, self.canvas(), self._mixer, painting.strokes if painting is not None else (), self.altered
        )

    @torch.no_grad()
    def look_at(self, number: int, whole: bool = True) -> SnapshotPicture:
        """Return a snapshot, or the means of its blocks if it is too large for a screen and need not be whole.

        Raises SettingsError where it is gone.
        """
        kept = self.player.snapshots.find(number)
        if self.trained is None:
            raise SettingsError("There is no dream yet.", "Press Start, or open a project.")
        scene = kept.scene
        kind: Kind = "mean" if scene.settings.show is Show.MEAN else "sample"
        model = self.trained.model
        shown = model.picture(scene.moment.on(self.trained.device), kind)
        if not whole and model.any_size:
            shown = reduced(shown, reduction(shown, self._most_shown))
        return SnapshotPicture(kept.snapshot, as_levels(self.trained.to_pictures(shown, scene.moment.controls.wrap)))
