"""What a rule makes of a batch, recorded once batches are alike."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import torch
from torch import Tensor

from studio.models.noise import Noise
from studio.models.recorded import Recorder, recorder_of
from studio.models.streams import Streams
from studio.training.rules import LearningRule, Parts, Terms
from studio.training.settings import TrainSettings

ALIKE = 8  # batches, before one is recorded

RecorderOf = Callable[[torch.device], Recorder | None]


@runtime_checkable
class Recordable(Protocol):
    """A rule whose `terms` may have a part that asks the host for nothing."""

    def recordable(self, settings: TrainSettings) -> Parts | None: ...


@runtime_checkable
class Composed(Protocol):
    """A rule of several, each of which has a part of the parameters, and of a batch."""

    def dealt(self, batch: Tensor) -> Iterable[tuple[str, LearningRule, Tensor]]: ...


@dataclass(frozen=True, slots=True, eq=False)
class _Playing:
    batch: Tensor
    play: Callable[[], Terms]
    streams: Streams
    workspace: tuple[object, ...]  # is not to be freed


class RecordedTerms:
    """A rule's directions: computed anew, or played from a recording once several batches in a row were alike.

    Alike are batches of one shape under the same settings. Directions that are
    played lie where the next ones will: they are for the update that follows.
    """

    def __init__(self, recorder_of: RecorderOf = recorder_of) -> None:
        self._recorder_of = recorder_of
        self._latest: tuple[LearningRule, Noise, TrainSettings, torch.Size] | None = None
        self._alike = 0
        self._playing: _Playing | None = None
        self._of: defaultdict[str, RecordedTerms] = defaultdict(lambda: RecordedTerms(recorder_of))

    def terms(self, rule: LearningRule, batch: Tensor, settings: TrainSettings, noise: Noise) -> Terms:
        """Return the ascent direction of each parameter."""
        recorder = self._recorder_of(noise.device)
        if recorder is not None and isinstance(rule, Composed):
            return {
                f"{own}{name}": term
                for own, each, part in rule.dealt(batch)
                for name, term in self._of[own].terms(each, part, settings, noise).items()
            }
        parts = rule.recordable(settings) if recorder is not None and isinstance(rule, Recordable) else None
        if recorder is None or parts is None:
            return rule.terms(batch, settings)
        asked, before = (rule, noise, settings, batch.shape), self._latest
        if before is None or before[0] is not rule or before[1] is not noise or before[2:] != asked[2:]:
            self._latest, self._alike, self._playing = asked, 0, None
        self._alike += 1
        parts.host(batch)
        if self._playing is not None:
            self._playing.batch.copy_(batch)
            self._playing.streams.reseed()
            return self._playing.play()
        if self._alike != ALIKE:  # what cannot be recorded is not tried again
            return parts.device(batch, settings)
        streams = Streams(noise)
        with streams.heard():
            found = parts.device(batch, settings)
        self._playing = recorded(parts, batch, settings, streams, recorder)
        return found


def recorded(
    parts: Parts, batch: Tensor, settings: TrainSettings, streams: Streams, recorder: Recorder
) -> _Playing | None:
    """Record what a rule makes of a batch of this shape; returns nothing where it cannot be recorded."""
    fixed = batch.clone()
    play = streams.record(recorder, lambda: parts.device(fixed, settings))
    return None if play is None else _Playing(fixed, play, streams, parts.workspace())
