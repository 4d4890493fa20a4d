"""The trained model, and the altered copy of it that is played in its place."""

from __future__ import annotations

import dataclasses

import numpy as np
from numpy.typing import NDArray

from studio.dream.mixer import Levels
from studio.errors import SettingsError
from studio.models.altered import UNALTERED, Altered
from studio.project.altering import Alteration, OtherProjects, altered
from studio.project.lapse import EMPTY
from studio.project.trained import Trained


class Altering:
    """`learned` is the trained model, which nothing here changes; `trained` is what is played and shown.

    `base` counts how often an altered copy became the trained model.
    """

    def __init__(self) -> None:
        self.learned: Trained | None = None
        self.altered = UNALTERED
        self.base = 0
        self._alteration: Alteration | None = None
        self._others = OtherProjects()
        self.lapse = EMPTY

    @property
    def may_alter(self) -> bool:
        """Whether the model stands still, so that a copy of it means anything."""
        return True

    @property
    def trained(self) -> Trained | None:
        return self.learned if self._alteration is None else self._alteration.trained

    @trained.setter
    def trained(self, trained: Trained | None) -> None:
        """Take another trained model in hand, as it was learned."""
        self._take_base(trained, 0)

    @property
    def looking(self) -> Trained | None:
        """The model whose filters are looked at: the units of another, side by side with it, are not shown."""
        joined = self._alteration is not None and self._alteration.places is not None
        return self.learned if joined else self.trained

    def widened(self, levels: Levels) -> Levels:
        """Return levels of the trained model's units as the played one takes them; others play as they are."""
        places = self._alteration.places if self._alteration is not None else None
        if places is None:
            return levels
        chosen = np.asarray(places, np.intp)

        def wide(values: NDArray[np.float32] | None, rest: float) -> NDArray[np.float32] | None:
            if values is None:
                return None
            made = np.full(2 * len(chosen), rest, np.float32)
            made[chosen] = values
            return made

        return dataclasses.replace(levels, gain=wide(levels.gain, 1), hold=wide(levels.hold, 0))

    def _alter(self, value: Altered) -> None:
        """Make the copy that is played; raises StudioError, and changes nothing, where that cannot be."""
        if self.learned is None:
            return
        self._alteration = None if value.neutral else altered(self.learned, value, self._others.open, self.lapse)
        self.altered = value

    def _settle(self, base: int) -> None:
        """Let the altered copy be the trained model; raises SettingsError where it has the units of two."""
        if self.altered.joined:
            raise SettingsError(
                "A fade of energies has the units of two models, and cannot be kept as one.", "Fade weights instead."
            )
        self._take_base(self.trained, base)

    def _take_base(self, trained: Trained | None, base: int) -> None:
        self.learned, self._alteration = trained, None
        self.altered, self.base = UNALTERED, base
