"""The random numbers of work that is recorded: a recording holds its generators, and each playing seeds them anew."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

import torch

from studio.models.field_noise import seed_of
from studio.models.noise import Noise
from studio.models.recorded import Found, Recorder

Field = tuple[int, torch.device, Callable[[int], torch.Generator]]


class Streams:
    """The generators of the fields that one piece of work asks for, in its order, and of their blocks.

    They are made while the work is heard, and only used from then on: no
    generator can be made or seeded while a GPU records. Keys come from the
    noise as they would without a recording, and so do all draws.
    """

    def __init__(self, noise: Noise) -> None:
        self._noise = noise
        self._made: dict[tuple[int, int], torch.Generator] = {}
        self._keys: list[int] = []
        self._asked = 0
        self._fixed = False

    @property
    def generators(self) -> list[torch.Generator]:
        """All that the work draws from, with the noise's own."""
        return [self._noise.generator, *self._made.values()]

    @contextmanager
    def heard(self) -> Iterator[None]:
        """Make the generators that the work within asks for."""
        self._made.clear()
        self._keys.clear()
        with self._in_place(fixed=False):
            yield

    @contextmanager
    def recorded(self) -> Iterator[None]:
        """Hand out what was made while the same work was heard."""
        with self._in_place(fixed=True):
            yield

    @contextmanager
    def _in_place(self, fixed: bool) -> Iterator[None]:
        self._asked, self._fixed = 0, fixed
        before, self._noise.streams = self._noise.streams, self
        try:
            yield
        finally:
            self._noise.streams = before

    def record(self, recorder: Recorder, work: Callable[[], Found]) -> Callable[[], Found] | None:
        """Return what plays work that was heard before; nothing where it cannot be recorded."""

        def recorded() -> Found:
            with self.recorded():
                return work()

        stands = self._noise.generator.get_state()
        try:
            return recorder(recorded, self.generators)
        except RuntimeError:  # a driver that does not know how, or work that waits for the GPU: it is done as before
            self._noise.renew(stands)  # the old one still takes part in a recording that has no end
            return None

    def reseed(self) -> None:
        """Draw the keys of the next playing."""
        self._keys = [self._noise.key() for _ in self._keys]
        for (field, block), generator in self._made.items():
            generator.manual_seed(seed_of(self._keys[field], block))

    def field(self) -> Field:
        """Return key, device and blocks of the next field."""
        number, self._asked = self._asked, self._asked + 1
        if not self._fixed:
            self._keys.append(self._noise.key())
        return self._keys[number], self._noise.device, partial(self._block, number)

    def _block(self, field: int, block: int) -> torch.Generator:
        if not self._fixed:
            fresh = torch.Generator(device=self._noise.device)
            self._made[field, block] = fresh.manual_seed(seed_of(self._keys[field], block))
        return self._made[field, block]
