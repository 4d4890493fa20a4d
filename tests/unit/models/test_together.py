"""Jobs side by side: all done, by torch of one thread each, failures told, and no thread left waiting."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from functools import partial

import pytest
import torch

from studio.models.chain import GibbsChain
from studio.models.noise import Noise
from studio.models.together import Team
from tests.unit.models.test_tiled_rbm import SPECS, random_tiled


@pytest.fixture(params=[1, 3])
def threads(request: pytest.FixtureRequest) -> Iterator[int]:
    before = torch.get_num_threads()
    torch.set_num_threads(request.param)
    yield request.param
    torch.set_num_threads(before)


def test_every_job_is_done_once_and_the_threads_are_given_back(threads: int) -> None:
    done: list[int] = []
    team = Team()
    for _ in range(20):
        team.run([partial(lambda job, _: done.append(job), job) for job in range(5)])
    assert sorted(done) == sorted(20 * list(range(5)))
    assert torch.get_num_threads() == threads


def test_jobs_meet_on_threads_of_their_own_where_torch_has_one() -> None:
    before = torch.get_num_threads()
    torch.set_num_threads(3)
    meeting, seen = threading.Barrier(3, timeout=30), list[tuple[int, int, bool]]()

    def job(number: int) -> None:
        meeting.wait()
        seen.append((number, torch.get_num_threads(), torch.is_grad_enabled()))

    with torch.no_grad():
        Team().run([job] * 3)
    torch.set_num_threads(before)
    assert sorted(seen) == [(0, 1, False), (1, 1, False), (2, 1, False)]


def test_a_failure_is_raised_and_the_next_round_works(threads: int) -> None:
    def fail(_number: int) -> None:
        raise ValueError("no")

    team, done = Team(), list[int]()
    with pytest.raises(ValueError, match="no"):
        team.run([fail] * 4)
    team.run([done.append] * 4)
    assert len(done) == 4
    assert torch.get_num_threads() == threads


def test_a_dream_in_strips_is_the_same_on_any_number_of_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("studio.models.tiled_rbm.STRIP_NUMBERS", 270)
    before, found = torch.get_num_threads(), []
    for threads in (1, 2, 3):
        torch.set_num_threads(threads)
        chain = GibbsChain(random_tiled(SPECS[0]), 1, Noise(1), size=(60, 30))
        chain.step(3)
        found.append(chain.sample())
    torch.set_num_threads(before)
    assert torch.equal(found[0], found[1])
    assert torch.equal(found[0], found[2])
