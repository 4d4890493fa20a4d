"""Recorded sweeps: to the bit what a model takes without them, and given up where anything is otherwise."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from typing import TypeVar

import pytest
import torch
from torch import Tensor

from studio.models.build import build_model
from studio.models.chain import Controls, GibbsChain, Instrument
from studio.models.code_spec import CodeSpec
from studio.models.conv_rbm import ConvRbm
from studio.models.noise import Noise
from studio.models.rbm import Rbm
from studio.models.recorded import Recorder, recorder_of
from studio.models.recorded_sweep import ALIKE, RecordedSweeps, tensors_of
from studio.models.spec import ConvSpec, ModelSpec, RbmSpec, Shape, TiledSpec, Visible
from studio.models.tiled_rbm import TiledRbm

Found = TypeVar("Found")

HOST = [name for name, here in (("cpu", True), ("cuda", torch.cuda.is_available())) if here]
SIZED: dict[str, tuple[ModelSpec, Shape, tuple[int, int] | None]] = {
    "rbm": (RbmSpec(6), (1, 4, 5), None),
    "gaussian": (RbmSpec(6, Visible.GAUSSIAN), (3, 4, 5), None),
    "codes": (CodeSpec(widths=(6, 8), code=5, hidden=6), (3, 12, 14), None),
    "texture": (TiledSpec(tile=4, filters=5), (1, 14, 14), (20, 24)),
    "resampled texture": (TiledSpec(tile=4, filters=5), (1, 14, 14), (21, 22)),
    "pyramid": (TiledSpec(tile=3, filters=4, levels=2), (2, 14, 14), (24, 24)),
    "convolutional": (ConvSpec(3, 3, 2, Visible.BERNOULLI), (1, 12, 12), (16, 20)),
    "layers": (ConvSpec(3, 3, 2, deeper=("4x3/2",)), (2, 18, 18), (24, 20)),
}


class Tape:
    """A recorder; without a GPU what plays a work is the work. Counts what it is asked to record and to play."""

    def __init__(self) -> None:
        self.recorded = self.played = 0
        self._real: Recorder | None = None

    def of(self, device: torch.device) -> Recorder:
        self._real = recorder_of(device)
        return self

    def __call__(self, work: Callable[[], Found], generators: Sequence[torch.Generator]) -> Callable[[], Found]:
        self.recorded += 1
        play = work if self._real is None else self._real(work, generators)

        def counted() -> Found:
            self.played += 1
            return play()

        return counted


def refused(_work: Callable[[], Found], _generators: Sequence[torch.Generator]) -> Callable[[], Found]:
    raise RuntimeError("CUDA error: operation not permitted when stream is capturing")


def refusing(_device: torch.device) -> Recorder:
    return refused


def built(name: str, device: str) -> tuple[Instrument, tuple[int, int]]:
    spec, shape, size = SIZED[name]
    model, noise = build_model(spec, shape), Noise(4)
    if isinstance(model, Rbm):
        model.initialise(torch.full((model.visible,), 0.4), noise)
    else:
        model.initialise(noise)
    for tensor in model.saved().values():
        if tensor.dtype is torch.float32 and tensor.dim() > 1:
            tensor.data.add_(0.3 * noise.normal(tuple(tensor.shape)))
    model.to(device).eval()
    return model, size or model.own_size


def held(model: Instrument, size: tuple[int, int], device: str) -> Controls:
    """Controls with a clamp, a temperature and, of any filters, a gain."""
    units = sum(count for _, count in model.layers())
    shape = model.picture(model.start(1, size, Noise(0, device)), "mean").shape[1:]
    known = torch.full(tuple(shape), 0.3, device=device)
    mask = torch.zeros((1, *size), dtype=torch.bool, device=device)
    mask[:, :, : size[1] // 2] = True
    gain = torch.linspace(0, 2, units, device=device)
    return Controls(temperature=1.3, known=known, mask=mask, gain=gain)


def chains(name: str, controls: bool, device: str = "cpu") -> tuple[GibbsChain, GibbsChain, Tape]:
    """Return a chain that is recorded and its twin that is not, and what counts the recordings."""
    model, size = built(name, device)
    chosen, tape = held(model, size, device) if controls else Controls(), Tape()
    with torch.no_grad():
        mine = GibbsChain(model, 2, Noise(8, device), chosen, size, RecordedSweeps(tape.of))
        other = GibbsChain(model, 2, Noise(8, device), chosen, size, RecordedSweeps(lambda _: None))
    return mine, other, tape


def same(one: GibbsChain, other: GibbsChain) -> bool:
    mine, theirs = list(tensors_of(one.state())), list(tensors_of(other.state()))
    return len(mine) == len(theirs) and all(torch.equal(a, b) for a, b in zip(mine, theirs, strict=True))


@pytest.mark.parametrize("device", HOST)
@pytest.mark.parametrize("controls", [False, True], ids=["free", "held"])
@pytest.mark.parametrize("name", SIZED)
@torch.no_grad()
def test_every_family_dreams_the_same_to_the_bit(name: str, controls: bool, device: str) -> None:
    mine, other, tape = chains(name, controls, device)
    kept: list[tuple[Tensor, Tensor]] = []
    for _ in range(3 * ALIKE):
        mine.step()
        other.step()
        assert same(mine, other)
        kept.append((mine.state().visible, other.state().visible))
    assert tape.recorded == 1
    assert tape.played >= 2 * ALIKE - 2
    assert all(torch.equal(a, b) for a, b in kept), "a state that is kept was played over"


@torch.no_grad()
def test_what_is_turned_ends_a_recording_and_another_begins() -> None:
    mine, other, tape = chains("texture", controls=False)
    for temperature in (1.0, 1.5, 0.5):
        for chain in (mine, other):
            chain.controls = dataclasses.replace(chain.controls, temperature=temperature)
            chain.step(ALIKE + 2)
        assert same(mine, other)
    assert tape.recorded == 3
    for chain in (mine, other):
        chain.resize((24, 24))
        chain.step(ALIKE + 2)
    assert same(mine, other)
    assert tape.recorded == 4


@torch.no_grad()
def test_weights_that_learn_meanwhile_are_played_as_they_are() -> None:
    mine, other, tape = chains("convolutional", controls=False)
    mine.step(2 * ALIKE)
    other.step(2 * ALIKE)
    model = mine.model
    assert isinstance(model, ConvRbm)
    model.weights.mul_(1.5)
    mine.step(4)
    other.step(4)
    assert same(mine, other)
    assert tape.recorded == 1


@torch.no_grad()
def test_a_deviation_that_falls_is_no_longer_that_of_the_recording() -> None:
    mine, other, tape = chains("convolutional", controls=False)
    mine.step(2 * ALIKE)
    other.step(2 * ALIKE)
    model = mine.model
    assert isinstance(model, ConvRbm)
    model.log_variance.fill_(-0.7)
    mine.step(ALIKE + 4)
    other.step(ALIKE + 4)
    assert same(mine, other)
    assert tape.recorded == 2


@pytest.mark.parametrize(
    "controls",
    [Controls(roll=True), Controls(drive=0.3), Controls(coarse=3)],
    ids=["rolling grid", "driven", "coarse"],
)
@torch.no_grad()
def test_sweeps_that_differ_are_taken_one_by_one(controls: Controls) -> None:
    mine, other, tape = chains("convolutional", controls=False)
    for chain in (mine, other):
        chain.controls = controls
        chain.start()
        chain.step(2 * ALIKE)
    assert same(mine, other)
    assert tape.recorded == 0


@torch.no_grad()
def test_a_lean_that_is_painted_is_not_recorded() -> None:
    model = TiledRbm(TiledSpec(tile=4, filters=5, textures=2), (1, 14, 14))
    model.initialise(Noise(1))
    tape, lean = Tape(), torch.full((2, 20, 24), 0.5)
    chain = GibbsChain(model, 1, Noise(2), Controls(lean=lean), (20, 24), RecordedSweeps(tape.of))
    chain.step(2 * ALIKE)
    assert tape.recorded == 0


@torch.no_grad()
def test_where_recording_fails_sweeps_go_on_as_they_would_have() -> None:
    model, size = built("gaussian", "cpu")
    mine = GibbsChain(model, 2, Noise(8), size=size, sweeps=RecordedSweeps(refusing))
    other = GibbsChain(model, 2, Noise(8), size=size)
    mine.step(3 * ALIKE)
    other.step(3 * ALIKE)
    assert same(mine, other)


def test_a_processor_records_nothing() -> None:
    assert recorder_of(torch.device("cpu")) is None
