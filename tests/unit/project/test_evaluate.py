"""What the studio says of models that are good, overfitted and diverged, and of other families."""

from __future__ import annotations

import dataclasses
import re

import numpy as np
import pytest

from studio.data.imageset import ImageSet
from studio.data.spec import DatasetSpec
from studio.jobs.evaluation import Histograms, Outline, Section, Sheet, Tone, as_text
from studio.jobs.stepwise import finished
from studio.lab import annealing
from studio.lab.free_energy import Gap
from studio.models.build import build_model
from studio.models.spec import Hidden, RbmSpec, Visible
from studio.project.evaluate import copied, evaluated
from studio.project.judge_rbm import CONFIDENCE, FIT, LIKELIHOOD, PSEUDO
from studio.project.trained import Trained
from studio.project.verdicts import of_fit
from tests.unit.project import judged


def sections(trained: Trained, images: ImageSet | None) -> dict[str, Section]:
    found: list[Outline | Section] = []
    told: list[tuple[int, int]] = []
    count = finished(evaluated(trained, images, found.append), lambda *progress: told.append(progress))
    outline, *rest = found
    assert isinstance(outline, Outline)
    made = {section.title: section for section in rest if isinstance(section, Section)}
    assert tuple(made) == outline.titles
    assert len(made) == count
    assert told == sorted(told)  # it never goes back
    assert all(0 <= done <= total for done, total in told)
    return made


def values(section: Section) -> dict[str, float]:
    return {one.key: one.value for one in section.findings}


def test_a_good_model_is_called_good() -> None:
    found = sections(*judged.good())
    assert found[FIT].tone is Tone.GOOD
    assert found[FIT].verdict.startswith("No sign of overfitting")
    fit = values(found[FIT])
    assert abs(fit["fit.gap"]) < 0.2 * fit["fit.spread"] < fit["fit.noise"]
    assert found[LIKELIHOOD].tone is Tone.GOOD
    assert "exact" in found[LIKELIHOOD].verdict
    likelihood = values(found[LIKELIHOOD])
    assert likelihood["likelihood.exact"] > likelihood["likelihood.base_rate"]
    # log Z cancels: likelihoods lie as far apart as free energies
    assert likelihood["likelihood.exact_training"] - likelihood["likelihood.exact"] == pytest.approx(
        fit["fit.gap"], abs=1e-3
    )
    assert values(found[PSEUDO])["pseudo.held_out"] < 0
    assert "lower bound" in found[CONFIDENCE].verdict


def test_an_overfitted_model_is_called_overfitted() -> None:
    found = sections(*judged.overfitted())
    assert found[FIT].tone is Tone.BAD
    assert found[FIT].verdict.startswith("The model is overfitted")
    assert f"{values(found[FIT])['fit.gap']:.4g} nats" in found[FIT].verdict
    assert found[LIKELIHOOD].tone is Tone.BAD
    assert "worse than a model that knows the mean picture alone" in found[LIKELIHOOD].verdict
    assert "do not determine the weights" in found[CONFIDENCE].verdict


def test_of_rectified_units_each_answer_says_why_there_is_none() -> None:
    model, images = judged.good()
    spec = RbmSpec(4, Visible.GAUSSIAN, hidden_units=Hidden.RECTIFIED)
    built = build_model(spec, images.shape)
    recipe = dataclasses.replace(model.recipe, model=spec)
    found = sections(dataclasses.replace(model, model=built, recipe=recipe), images)
    assert list(found) == [FIT, PSEUDO, CONFIDENCE, LIKELIHOOD]
    for title in (FIT, CONFIDENCE, LIKELIHOOD):
        assert "of on-off hidden units only" in found[title].verdict, title


@pytest.mark.parametrize("scale", [20.0, 1e3])
def test_a_diverged_model_is_called_diverged(scale: float) -> None:
    found = sections(*judged.diverged(scale))
    assert found[FIT].tone is Tone.BROKEN
    assert "has diverged" in found[FIT].verdict
    assert "overfitted" not in found[FIT].verdict
    assert found[LIKELIHOOD].tone is Tone.BAD
    assert "say nothing" in found[CONFIDENCE].verdict  # an interval that looks sure would mislead


def test_a_model_of_no_numbers_is_called_diverged_and_looked_at_no_further() -> None:
    found = sections(*judged.diverged(float("nan")))
    assert list(found) == [FIT]
    assert "some of its weights are no numbers" in found[FIT].verdict


def test_an_untrained_model_has_learned_nothing() -> None:
    trained, images = judged.run(8, judged.few_patterns(900), 600, 1)
    found = sections(trained, images)
    assert "has learned nothing yet" in found[FIT].verdict


def test_dreams_that_are_far_less_likely_than_pictures_are_not_what_was_learned() -> None:
    apart, noise = Gap(238.0, 21.0, 0.1), Gap(900.0, 80.0, 0.1)
    verdict, tone = of_fit(None, noise, apart, 0)
    assert "not what it learned yet: its dreams lie 238 nats above" in verdict
    assert tone is Tone.BAD


def test_larger_ones_are_annealed_and_trusted_or_not(monkeypatch: pytest.MonkeyPatch) -> None:
    trained, images = judged.good(hidden=24)
    long, short = annealing.betas(((1.0, 3_000),)), annealing.betas(((1.0, 2),))
    monkeypatch.setattr(annealing, "betas", lambda: long)
    found = sections(trained, images)[LIKELIHOOD]
    assert "trusted: forwards and backwards agree" in found.verdict
    monkeypatch.setattr(annealing, "betas", lambda: short)
    found = sections(trained, images)[LIKELIHOOD]
    assert found.verdict.startswith("Not trusted")
    assert found.tone is Tone.BAD


def test_few_held_out_pictures_decide_nothing_and_none_say_so() -> None:
    trained, images = judged.good()
    apart = np.arange(len(images))[-2:]
    few = dataclasses.replace(images, held_out=apart)
    assert sections(trained, few)[FIT].verdict.startswith(("Whether", "No sign"))
    none = dataclasses.replace(images, held_out=np.zeros(0, np.int64))
    found = sections(trained, none)
    assert "every picture was learned" in found[FIT].verdict
    assert "for learned pictures" in found[LIKELIHOOD].verdict


def test_other_pictures_are_not_taken_for_those_that_were_learned() -> None:
    trained, images = judged.good()
    other = dataclasses.replace(images, spec=DatasetSpec(("elsewhere",)))
    for at_hand in (other, None):
        found = sections(trained, at_hand)
        assert list(found) == [FIT, PSEUDO, CONFIDENCE, LIKELIHOOD]
        assert all(section.verdict.startswith("Left out.") for section in found.values())
    moved = dataclasses.replace(images, spec=DatasetSpec(("moved/here",)))
    assert sections(trained, moved)[FIT].tone is Tone.GOOD


def test_drawings_show_every_kind_and_every_filter() -> None:
    found = sections(*judged.good())
    drawing, maps = found[FIT].drawing, found[CONFIDENCE].drawing
    assert isinstance(drawing, Histograms)
    assert drawing.names == ("learned", "held-out", "noise", "its own dreams")
    assert (drawing.counts.sum(1) > 0).all()
    assert isinstance(maps, Sheet)
    assert maps.pixels.shape == (3 * 7 + 1, 3 * 7 + 1, 1)  # eight filters of 6 x 6


def test_figures_leave_as_text() -> None:
    found = sections(*judged.good())
    text = as_text("RBM", found.values())
    assert text.startswith("RBM\n")
    for section in found.values():
        assert section.verdict in text
        assert all(f"({one.key})" in text for one in section.findings)
    assert not re.search(r"\bnan\b|\binf\b", text)


def test_a_copy_stays_as_it_was() -> None:
    trained, _ = judged.good()
    copy = copied(trained)
    before = copy.model.filters().clone()
    for tensor in trained.model.saved().values():
        tensor.zero_()
    assert (copy.model.filters() == before).all()
