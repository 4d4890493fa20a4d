"""Gibbs sweeps of a chain, recorded once they are alike."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

import torch
from torch import Tensor

from studio.models.noise import Noise
from studio.models.recorded import Recorder, recorder_of
from studio.models.streams import Streams

if TYPE_CHECKING:
    from studio.models.chain import Controls, Instrument, State

ALIKE = 8  # sweeps, before one is recorded: whoever turns a slider is not held up
MOST_NUMBERS = 1 << 22  # of the visibles; on larger canvases a GPU works longer than it waits

RecorderOf = Callable[[torch.device], Recorder | None]


@runtime_checkable
class Recordable(Protocol):
    """A model whose sweep asks the GPU for nothing on its way."""

    def constants(self) -> tuple[object, ...]:
        """Return numbers that a recording of a sweep holds as they were."""

    def workspace(self) -> tuple[object, ...]:
        """Return what holds memory that sweeps use again."""


class RecordedSweeps:
    """Takes a chain's sweeps: as the model does, or as a recording of it once several in a row were alike.

    Alike are sweeps of one model under the same controls, from states of the
    same form. The states it returns are copies: the next playing leaves them alone.
    """

    def __init__(self, recorder_of: RecorderOf = recorder_of) -> None:
        self._recorder_of = recorder_of
        self._alike = 0
        self._latest: tuple[object, ...] = ()
        self._form: Any = None
        self._playing: _Playing | None = None

    def sweep(self, model: Instrument, state: State, controls: Controls, noise: Noise) -> State:
        """Return the state after one Gibbs sweep."""
        recorder = self._recorder_of(noise.device)
        if recorder is None or not isinstance(model, Recordable) or not may_be(state, controls):
            return model.sweep(state, controls, noise)
        asked, form = (model, controls, noise), (model.constants(), form_of(state))
        same = len(self._latest) == len(asked) and all(a is b for a, b in zip(asked, self._latest, strict=True))
        if not same or form != self._form:
            self._latest, self._form, self._alike, self._playing = asked, form, 0, None
        self._alike += 1
        if self._playing is not None:
            return self._playing.sweep(state)
        if self._alike != ALIKE:  # one that cannot be recorded is not tried again
            return model.sweep(state, controls, noise)
        streams = Streams(noise)
        with streams.heard():
            after = model.sweep(state, controls, noise)
        if form_of(after) == form_of(state):
            self._playing = recorded(model, after, controls, noise, streams, recorder)
        return after


class _Playing:
    """A recorded sweep: from where the `inputs` are filled to the `after` that it leaves."""

    def __init__(
        self, inputs: State, play: Callable[[], State], streams: Streams, controls: Controls, workspace: object
    ) -> None:
        self._inputs = list(tensors_of(inputs))
        self._own = {id(tensor): tensor for tensor in tensors_of(controls)}
        self._play = play
        self._streams = streams
        self._workspace = workspace  # is not to be freed

    def sweep(self, state: State) -> State:
        given = list(tensors_of(state))
        for place, tensor in zip(self._inputs, given, strict=True):
            place.copy_(tensor)
        self._streams.reseed()
        after = self._play()
        passed_on = {id(place): tensor for place, tensor in zip(self._inputs, given, strict=True)}
        passed_on |= self._own
        copies: dict[int, Tensor] = {}  # what is one tensor stays one
        for tensor in tensors_of(after):
            if id(tensor) not in passed_on and id(tensor) not in copies:
                copies[id(tensor)] = tensor.clone()
        found: State = rebuilt(after, lambda tensor: (passed_on | copies)[id(tensor)])
        return found


def recorded(
    model: Instrument, state: State, controls: Controls, noise: Noise, streams: Streams, recorder: Recorder
) -> _Playing | None:
    """Record the sweep from a state like this one; returns nothing where it cannot be recorded."""
    fixed: State = rebuilt(state, Tensor.clone)
    play = streams.record(recorder, lambda: model.sweep(fixed, controls, noise))
    if play is None:
        return None
    assert isinstance(model, Recordable)
    return _Playing(fixed, play, streams, controls, model.workspace())


def may_be(state: State, controls: Controls) -> bool:
    """Return whether a sweep takes all it needs from tensors, and is short."""
    mapped = controls.lean is not None and controls.lean.dim() == 3  # where its places lie is computed on the host
    return state.visible.numel() <= MOST_NUMBERS and not controls.roll and not mapped


def tensors_of(value: Any) -> Iterator[Tensor]:
    """Yield the tensors of a state and of all within, in order."""
    if isinstance(value, Tensor):
        yield value
    elif isinstance(value, tuple):
        for item in value:
            yield from tensors_of(item)
    elif dataclasses.is_dataclass(value):
        for field in dataclasses.fields(value):
            yield from tensors_of(getattr(value, field.name))


def rebuilt(value: Any, change: Callable[[Tensor], Tensor]) -> Any:
    """Return a state with other tensors in place of its own."""
    if isinstance(value, Tensor):
        return change(value)
    if isinstance(value, tuple):
        return tuple(rebuilt(item, change) for item in value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = {field.name: rebuilt(getattr(value, field.name), change) for field in dataclasses.fields(value)}
        return dataclasses.replace(value, **fields)
    return value


def form_of(value: Any) -> Any:
    """Return all of a state but the numbers in its tensors."""
    if isinstance(value, Tensor):
        return value.shape, value.dtype, value.device
    if isinstance(value, tuple):
        return tuple(form_of(item) for item in value)
    if dataclasses.is_dataclass(value):
        return type(value), tuple(form_of(getattr(value, field.name)) for field in dataclasses.fields(value))
    return value
