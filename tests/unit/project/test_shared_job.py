"""An RBM that several processes train is the one that a single process trains, to rounding."""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch import Tensor

from studio.data.load import load
from studio.data.spec import DatasetSpec, Preprocess
from studio.errors import SettingsError
from studio.models.field_noise import FieldNoise
from studio.models.noise import Noise
from studio.models.spec import ConvSpec, Visible
from studio.project.job import prepare
from studio.project.recipe import Recipe
from studio.project.shared_job import divided
from studio.training.ranks import Ranks, SharedNoise
from studio.training.settings import Rule
from studio.training.trainer import Trainer
from tests.unit.project.small_runs import pictures, recipe

SIZE = 2
LIMIT = 60  # seconds a thread waits for the other


class Meeting:
    """Where threads that stand for processes put what they add up."""

    def __init__(self) -> None:
        self.barrier = threading.Barrier(SIZE, timeout=LIMIT)
        self.brought: dict[int, list[Tensor]] = {}

    def exchange(self, rank: int, parts: Sequence[Tensor]) -> list[list[Tensor]]:
        self.brought[rank] = list(parts)
        self.barrier.wait()
        found = [self.brought[other] for other in range(SIZE)]
        self.barrier.wait()
        return found


class ThreadRanks(Ranks):
    """A rank that is a thread."""

    def __init__(self, rank: int, meeting: Meeting) -> None:
        super().__init__(rank, SIZE)
        self.meeting = meeting

    def total(self, parts: Sequence[Tensor]) -> list[Tensor]:
        found = self.meeting.exchange(self.rank, parts)
        return [torch.stack(each).sum(0) for each in zip(*found, strict=True)]


class Together:
    """All ranks, taken through so many steps; `states` are what each of them would save."""

    def __init__(self, wanted: Recipe, steps: int) -> None:
        self.trainers: dict[int, Trainer] = {}
        self.states: dict[int, dict[str, NDArray[Any]]] = {}
        self._failed: list[BaseException] = []
        self._wanted, self._steps, self._meeting = wanted, steps, Meeting()
        threads = [threading.Thread(target=self._work, args=(rank,)) for rank in range(SIZE)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert not self._failed

    def _work(self, rank: int) -> None:
        try:
            whole = prepare(self._wanted, pictures(self._wanted), "cpu")
            trainer = divided(whole, ThreadRanks(rank, self._meeting)).plan.stages[0].trainer
            for _ in range(self._steps):
                trainer.step()
            self.trainers[rank], self.states[rank] = trainer, trainer.state()[0]
        except BaseException as error:
            self._failed.append(error)
            self._meeting.barrier.abort()


CASES = {
    "cd": (False, {"rule": Rule.CD, "gibbs_steps": 2}),
    "pcd": (False, {"rule": Rule.PCD}),
    "not centred": (False, {"rule": Rule.PCD, "centred": False}),
    "sparse": (False, {"rule": Rule.CD, "sparsity_cost": 0.5}),
    "gaussian": (True, {"rule": Rule.PCD, "learning_rate": 0.01}),
    "gaussian, not centred, sparse": (True, {"rule": Rule.CD, "centred": False, "sparsity_cost": 0.2}),
    "momentum and a limit": (False, {"rule": Rule.PCD, "momentum": 0.5, "gradient_limit": 0.1}),
}


@pytest.mark.parametrize(("gaussian", "training"), CASES.values(), ids=CASES)
def test_all_ranks_hold_the_model_of_one_process(gaussian: bool, training: dict[str, Any]) -> None:
    wanted = recipe(gaussian, training)
    alone = prepare(wanted, pictures(wanted), "cpu").plan.stages[0].trainer
    for _ in range(30):
        alone.step()
    state = alone.state()[0]
    shared = Together(wanted, 30)
    for rank in range(SIZE):
        for name, tensor in alone.parameters.items():
            torch.testing.assert_close(shared.trainers[rank].parameters[name], tensor, rtol=1e-3, atol=1e-5)
        found = shared.states[rank]
        assert set(found) == set(state)
        for name, array in state.items():
            np.testing.assert_allclose(found[name], array, rtol=1e-3, atol=1e-5, err_msg=name)
    for name, tensor in shared.trainers[0].parameters.items():
        assert torch.equal(tensor, shared.trainers[1].parameters[name]), "the ranks drift apart"


def test_each_rank_draws_its_part_of_one_noise() -> None:
    probability = torch.rand(6, 5, generator=torch.Generator().manual_seed(1))
    whole = Noise(4)
    parts = [SharedNoise(Noise(4), Ranks(rank, SIZE)) for rank in range(SIZE)]
    for _ in range(3):  # seven and a half words a draw: what is left over must not shift the next
        drawn = whole.bernoulli(probability)
        own = [part.bernoulli(rows) for part, rows in zip(parts, probability.chunk(SIZE), strict=True)]
        assert torch.equal(drawn, torch.cat(own))
        assert torch.equal(whole.normal((6, 5)), torch.cat([part.normal((3, 5)) for part in parts]))
        assert torch.equal(whole.uniform((6,)), torch.cat([part.uniform((3,)) for part in parts]))
        assert torch.equal(whole.integers(9, (6,)), torch.cat([part.integers(9, (3,)) for part in parts]))


@pytest.mark.parametrize(
    ("training", "said"),
    [
        ({"batch": 9}, "training.batch=8"),
        ({"rule": Rule.FPCD}, "rule to pcd"),
        ({"rule": Rule.PT}, "rule to pcd"),
        ({"rule": Rule.PCD, "chains": 11}, "training.chains=12"),
        ({"steps": 0, "seconds": 5.0}, "--steps or --epochs"),
    ],
)
def test_what_cannot_be_divided_is_a_sentence(training: dict[str, Any], said: str) -> None:
    wanted = recipe(training=training)
    prepared = prepare(wanted, pictures(wanted), "cpu")
    with pytest.raises(SettingsError) as found:
        divided(prepared, Ranks(0, SIZE))
    assert said in found.value.hint


@pytest.mark.parametrize("rows", [4, 5])
def test_each_rank_draws_its_part_of_one_field(rows: int) -> None:
    whole = FieldNoise.of_sweep(Noise(4))
    fields = [Ranks(rank, SIZE).field(Noise(4), rows) for rank in range(SIZE)]
    counts = [len(part) for part in torch.zeros(rows).tensor_split(SIZE)]
    for draw in ("levels", "uniform", "normal"):
        last = [getattr(field, draw)((3, 6 * count), 1) for field, count in zip(fields, counts, strict=True)]
        joined = torch.cat([part.view(3, 6, -1) for part in last], 2)
        assert torch.equal(getattr(whole, draw)((3, 6 * rows), 1).view(3, 6, rows), joined)
        first = [getattr(field, draw)((count, 1, 2, 3), 2) for field, count in zip(fields, counts, strict=True)]
        assert torch.equal(getattr(whole, draw)((rows, 1, 2, 3), 2), torch.cat(first))


@pytest.mark.parametrize(("crops", "even"), [(True, 12), (False, 8)])
def test_chains_divide_evenly_on_every_canvas_or_are_refused(crops: bool, even: int) -> None:
    """Those of crops live on tori of three sizes, those of whole pictures on one canvas."""
    conv = ConvSpec(filters=4, side=3, visible=Visible.BERNOULLI)
    wanted = dataclasses.replace(recipe(training={"rule": Rule.PCD, "chains": 9}), model=conv)
    images = pictures(wanted)
    if crops:
        wanted = dataclasses.replace(wanted, preprocess=Preprocess(height=4, width=5, crops=True))
        images = load(DatasetSpec(("sample:bricks",)), wanted.preprocess)
    with pytest.raises(SettingsError) as found:
        divided(prepare(wanted, images, "cpu"), Ranks(0, SIZE))
    assert f"training.chains={even}" in found.value.hint
