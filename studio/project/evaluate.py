"""Everything the lab can tell of one model, question by question."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from functools import partial

import torch

from studio.data.imageset import ImageSet
from studio.errors import DataError, StudioError
from studio.jobs.evaluation import Outline, Section, Tone
from studio.jobs.stepwise import Stepwise, part_of
from studio.models.build import build_alike, load_weights, weights_of
from studio.models.cdbn import Cdbn
from studio.models.conv_rbm import ConvRbm
from studio.models.kinds import Family
from studio.models.latent_rbm import LatentRbm
from studio.models.rbm import Rbm
from studio.project.code_confidence import decoded_maps
from studio.project.judge_fill import FILLS, judged_fills
from studio.project.judge_rbm import (
    CONFIDENCE,
    FIT,
    LIKELIHOOD,
    PSEUDO,
    judged_confidence,
    judged_fit,
    judged_likelihood,
    judged_pseudo_likelihood,
)
from studio.project.judge_texture import (
    FILTERS,
    SEAM,
    SIMILARITY,
    TextureDreams,
    judged_filters,
    judged_seam,
    judged_similarity,
)
from studio.project.looks import seen_by, spread
from studio.project.seen_rows import Rows, check_own, rows_at_hand
from studio.project.trained import Trained
from studio.project.verdicts import UNSOUND

CODES = 1000  # pictures that are encoded
BATCH = 100
SUM = 10_000  # of the progress, whatever is counted

ALONE = "An autoencoder alone"
ALONE_WORDS = (
    "It has no RBM over its codes, so there is nothing of free energies to tell. What its codes keep of pictures is "
    "told by harmonium evaluate --reconstruction --denoise."
)

FAMILIES = {
    Family.RBM: "RBM",
    Family.TEXTURE: "Texture model",
    Family.CONVOLUTIONAL: "Convolutional model",
    Family.CODES: "Model of codes",
}

Question = tuple[str, Callable[[], Stepwise[Section]]]


def evaluated(
    trained: Trained, images: ImageSet | None, deliver: Callable[[Outline | Section], None], seed: int = 0
) -> Stepwise[int]:
    """Deliver an outline, then each section as soon as it is known; returns how many.

    What cannot be told of this model or these pictures is a section that says why.
    """
    if not sound(trained):
        deliver(Outline(described(trained), (FIT,)))
        deliver(Section(FIT, UNSOUND, Tone.BROKEN))
        return 1
    asked = questions(trained, images, seed)
    deliver(Outline(described(trained), tuple(title for title, _ in asked)))
    for place, (title, begin) in enumerate(asked):
        yield place * SUM, len(asked) * SUM
        deliver((yield from part_of(told(title, begin), place, len(asked))))
    return len(asked)


def told(title: str, begin: Callable[[], Stepwise[Section]]) -> Stepwise[Section]:
    """Take the steps of one question, counted up to a common sum; an error is its answer."""
    work = begin()
    try:
        while True:
            try:
                done, total = next(work)
            except StopIteration as end:
                section: Section = end.value
                return section
            yield min(SUM, SUM * done // max(total, 1)), SUM
    except StudioError as error:
        return Section(title, f"Left out. {error}")


def questions(trained: Trained, images: ImageSet | None, seed: int) -> list[Question]:
    """Return what can be asked of a model of this family, the quick ones first."""
    model = trained.model
    asked: list[Question] = []
    if isinstance(model, Rbm):
        rows = Kept(lambda: plain_rows(trained, images, seed))
        asked = [
            (FIT, lambda: rows.ask(partial(judged_fit, model, seed=seed))),
            (PSEUDO, lambda: rows.ask(partial(judged_pseudo_likelihood, model, seed=seed))),
            (CONFIDENCE, lambda: rows.ask(partial(judged_confidence, model, fitted=rows.fitted))),
            (LIKELIHOOD, lambda: rows.ask(partial(judged_likelihood, model, seed=seed))),
        ]
    elif isinstance(model, LatentRbm) and model.rbm is not None:
        over, codes = model.rbm, Kept(lambda: coded_rows(trained, model, images))
        sure = partial(judged_confidence, over, fitted=codes.fitted, maps=partial(decoded_maps, model, over))
        asked = [
            (f"{FIT}, of codes", lambda: renamed(codes.ask(partial(judged_fit, over, seed=seed)), "of codes")),
            (f"{CONFIDENCE}, of codes", lambda: renamed(codes.ask(sure), "of codes")),
            (FILLS, lambda: own_fills(trained, images, seed)),
        ]
    elif isinstance(model, LatentRbm):
        asked = [(ALONE, partial(nothing, Section(ALONE, ALONE_WORDS)))]
    elif isinstance(model, ConvRbm | Cdbn):
        asked = [(FILTERS, lambda: judged_filters(trained))]
        if not trained.recipe.preprocess.crops:
            asked.append((FILLS, lambda: own_fills(trained, images, seed)))
    else:
        dreams = TextureDreams(trained, seed=seed)
        asked = [
            (SIMILARITY, lambda: own_similarity(trained, dreams, images)),
            (SEAM, lambda: judged_seam(dreams)),
        ]
    return asked


def nothing(section: Section) -> Stepwise[Section]:
    """Return what is known without work."""
    yield 0, 1
    return section


class Kept:
    """Rows made by the first question that wants them, and there for the others; the first is how the model fits."""

    def __init__(self, make: Callable[[], Stepwise[Rows]]) -> None:
        self._make = make
        self._rows: Rows | None = None
        self._tone: Tone | None = None

    def fitted(self) -> bool:
        """Tell whether the model fits its pictures, as far as that is known."""
        return self._tone is not Tone.BROKEN

    def ask(self, judge: Callable[[Rows], Stepwise[Section]]) -> Stepwise[Section]:
        if self._rows is None:
            self._rows = yield from part_of(self._make(), 0, 2)
            section = yield from part_of(judge(self._rows), 1, 2)
        else:
            section = yield from judge(self._rows)
        self._tone = self._tone or section.tone
        return section


def plain_rows(trained: Trained, images: ImageSet | None, seed: int) -> Stepwise[Rows]:
    yield 0, 1
    return rows_at_hand(trained, check_own(trained, images), seed)


@torch.no_grad()
def coded_rows(trained: Trained, model: LatentRbm, images: ImageSet | None) -> Stepwise[Rows]:
    """Return the codes of pictures that were learned and of held-out ones."""
    own = check_own(trained, images)
    found = []
    kinds = [spread(own.training(), CODES), spread(own.held_out, CODES)]
    for place, chosen in enumerate(kinds):
        codes = [torch.zeros(0, model.spec.code, device=trained.device)]
        for first in range(0, len(chosen), BATCH):
            codes.append(model.encode(seen_by(trained, own, chosen[first : first + BATCH])))
            yield place * len(chosen) + first, 2 * len(chosen)
        found.append(torch.cat(codes))
    return Rows(found[0], found[1], count=len(own.training()))


def renamed(work: Stepwise[Section], words: str) -> Stepwise[Section]:
    section = yield from work
    return dataclasses.replace(section, title=f"{section.title}, {words}")


def own_similarity(trained: Trained, dreams: TextureDreams, images: ImageSet | None) -> Stepwise[Section]:
    return (yield from judged_similarity(dreams, check_own(trained, images)))


def own_fills(trained: Trained, images: ImageSet | None, seed: int) -> Stepwise[Section]:
    return (yield from judged_fills(trained, check_own(trained, images), seed))


def sound(trained: Trained) -> bool:
    """Tell whether every weight is a number."""
    return all(bool(torch.isfinite(tensor).all()) for tensor in trained.model.saved().values())


def described(trained: Trained) -> str:
    """Return the model in words."""
    units = ", ".join(f"{count:,} in {name}" for name, count in trained.model.layers())
    return f"{FAMILIES[trained.recipe.model.family]}, units: {units}"


def copied(trained: Trained | None) -> Trained:
    """Return a model that stays as it is now, whatever a run does to this one; raises DataError without one."""
    if trained is None:
        raise DataError("There is no model to judge yet.", "Press Start, or open a project.")
    model = build_alike(trained.model)
    load_weights(model, weights_of(trained.model))
    return dataclasses.replace(trained, model=model.to(trained.device))
