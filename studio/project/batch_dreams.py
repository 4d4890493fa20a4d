"""The dreams of a batch, one after another, each from its own seed."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from studio.dream.settings import DreamSettings
from studio.jobs.stepwise import Stepwise
from studio.models.chain import GibbsChain
from studio.project.batch import Batch, Dreamt
from studio.project.picture_recipe import PictureRecipe, to_text
from studio.project.shown import PutBack, shown_by, unchanged
from studio.project.trained import Trained


@dataclass(frozen=True, slots=True, eq=False)
class Entry:
    """A model that takes part: how a dream of it begins, what is put back into one, and the recipe of any."""

    name: str
    trained: Trained
    begin: Callable[[DreamSettings], GibbsChain]
    made: PictureRecipe
    put_back: PutBack = unchanged


def dreamt(batch: Batch, entries: Sequence[Entry], take: Callable[[Dreamt], None]) -> Stepwise[int]:
    """Dream every dream of a batch by every model, handing each to `take`; a step is a sweep, the result their number.

    Memory is held for one dream at a time.
    """
    every = [(entry, settings) for entry in entries for settings in batch.dreams()]
    total = len(every) * batch.sweeps
    for number, (entry, settings) in enumerate(every):
        chain = entry.begin(settings)
        for sweep in range(batch.sweeps):
            chain.step()
            yield number * batch.sweeps + sweep + 1, total
        pixels = shown_by(chain, entry.trained, settings.show, entry.put_back)
        made = dataclasses.replace(entry.made, dream=settings, sweeps=batch.sweeps)
        take(Dreamt(number, entry.name, settings, pixels, to_text(made)))
    return len(every)
