"""The part of the session that mixes: what each filter or hidden unit takes part in the dream with."""

from __future__ import annotations

from collections.abc import Iterable

from studio.dream.mixer import Mixer
from studio.session.core import SessionCore


class Mixing(SessionCore):
    """Every change of the mixer can be undone and acts at the next sweep; keys that are pressed leave no trace."""

    def set_mixer(self, mixer: Mixer, label: str = "the mixer") -> None:
        """Mix the units so from the next sweep on; `label` says what was turned."""
        if mixer != self.mixer and self.has_model:
            self._remember(label)
            self._mix_with(mixer)

    def press_units(self, units: Iterable[int]) -> None:
        """Hold these units on, and no others, until the next call."""
        pressed = frozenset(units)
        if pressed != self._pressed and self.has_model:
            self._pressed = pressed
            self._send_mix()
