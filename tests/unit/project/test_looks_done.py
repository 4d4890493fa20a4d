"""When a texture looks done, and what would help one that does not come near."""

from __future__ import annotations

import dataclasses

import pytest

from studio.jobs.status import Progress
from studio.models.spec import RbmSpec, TiledSpec
from studio.project.advice_texture import LATE, LOW, advise_texture
from studio.project.history import Curves, RunRecord
from studio.project.looks_done import looks_done_words
from studio.project.run_json import runs_from_list, runs_to_list
from studio.training.settings import TrainSettings


def similar(*values: float) -> Curves:
    curves = Curves()
    curves.extend(("texture_similarity", step, value) for step, value in enumerate(values))
    return curves


def test_the_sentence_tells_the_time_as_a_clock_does() -> None:
    assert looks_done_words(40.7).startswith("Looks done after 0:41: as similar to the picture")
    assert looks_done_words(605).startswith("Looks done after 10:05:")
    assert looks_done_words(41.7).endswith("to 3 %.")


def test_a_run_keeps_when_it_looked_done() -> None:
    assert RunRecord(1, "", TrainSettings()).looks_done is None
    run = RunRecord(1, "", TrainSettings())
    run.curves.extend([("looks_done", 900, 41.5)])
    assert run.looks_done == 41.5
    assert runs_from_list(runs_to_list([run]))[0].looks_done == 41.5


def test_low_similarity_late_in_a_run_asks_for_a_smaller_scale() -> None:
    low = similar(0.3, 0.7, 0.7, 0.7)
    advice = advise_texture(low, TiledSpec(tile=9), LATE)
    assert advice is not None
    assert "texture similarity 0.70" in advice.text
    assert "two tiles of 9 px, a smaller scale" in advice.question
    assert not advice.change
    levels = advise_texture(low, TiledSpec(tile=9, levels=3), 1.0)
    assert levels is not None
    assert "two tiles of 36 px" in levels.question


@pytest.mark.parametrize(
    ("curves", "share"),
    [
        (similar(0.3, 0.3, 0.3), LATE - 0.01),
        (similar(0.3, 0.3), 1.0),
        (similar(0.3, LOW, LOW, LOW), 1.0),
        (similar(*[float("nan")] * 4), 1.0),
        (Curves(), 1.0),
    ],
)
def test_nothing_is_said_too_soon_or_where_all_is_well(curves: Curves, share: float) -> None:
    assert advise_texture(curves, TiledSpec(), share) is None


def test_other_models_are_left_alone() -> None:
    assert advise_texture(similar(0.1, 0.1, 0.1), RbmSpec(), 1.0) is None


def test_the_share_of_a_run_is_by_steps_or_else_by_time() -> None:
    progress = Progress(30, 40, 1.0, "", 20.0, 60.0, 1.0, 0.1, "cpu")
    assert progress.share == 0.75
    assert dataclasses.replace(progress, total_steps=None).share == 0.25
    assert dataclasses.replace(progress, total_steps=None, seconds_left=None).share == 0
    assert dataclasses.replace(progress, step=50).share == 1
