"""How likely an RBM finds pictures it has not learned: exactly, or by annealed importance sampling both ways."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from studio.cli.report import Figure
from studio.cli.subject import Subject
from studio.data.load import load_test
from studio.errors import DataError
from studio.jobs.stepwise import finished

if TYPE_CHECKING:
    from studio.project.seen_rows import Rows


def exact_figures(subject: Subject) -> dict[str, Figure]:
    """Mean log-likelihood in nats of unseen and of learned pictures, all hidden states counted."""
    from studio.project.likelihoods import counted
    from studio.project.seen_rows import rbm_of

    model = rbm_of(subject.trained, subject.name)
    found = finished(counted(model, rows_of(subject)), subject.telling("hidden states"))
    return {
        "likelihood.exact": Figure(found.unseen, "nats", found.learned, None),
        "likelihood.exact_training": Figure(found.learned, "nats"),
        "likelihood.log_partition": Figure(found.log_partition, "nats"),
        "likelihood.pictures": Figure(found.count, ""),
        **base_figures(found.base),
    }


def ais_figures(subject: Subject) -> dict[str, Figure]:
    """Mean log-likelihood in nats of unseen pictures by AIS, from below by reverse AIS, and whether to trust them."""
    from studio.lab.annealing import TRUSTED
    from studio.project.likelihoods import annealed_both_ways
    from studio.project.seen_rows import rbm_of

    model, asked = rbm_of(subject.trained, subject.name), subject.asked
    work = annealed_both_ways(model, rows_of(subject), asked.runs, asked.seed)
    found = finished(work, subject.telling("temperatures, forwards and backwards"))
    verdict = "trusted" if found.trusted else "not trusted"
    subject.line.say(f"{verdict}: on {found.chosen} pictures the two estimates are {found.gap:.2f} nats apart")
    return {
        "likelihood.ais": Figure(found.unseen, "nats"),
        "likelihood.ais_training": Figure(found.learned, "nats"),
        "likelihood.reverse_ais": Figure(found.backwards, "nats", found.forwards, None),
        "likelihood.gap": Figure(found.gap, "nats", TRUSTED, found.gap / TRUSTED),
        "likelihood.trusted": Figure(float(found.trusted), ""),
        "likelihood.log_partition": Figure(found.estimate.log_partition, "nats"),
        "likelihood.log_partition_low": Figure(found.estimate.low, "nats"),
        "likelihood.log_partition_high": Figure(found.estimate.high, "nats"),
        "likelihood.pictures": Figure(found.count, ""),
        **base_figures(found.base),
    }


def base_figures(base: float) -> dict[str, Figure]:
    """What a model that knows the mean picture alone reaches; nothing for Gaussian pixels."""
    return {} if np.isnan(base) else {"likelihood.base_rate": Figure(base, "nats")}


def rows_of(subject: Subject) -> Rows:
    """Return pictures that were not learned and some that were, as the model sees them.

    Unseen are those held out, with --final those of a test set, or all of --data
    where that is not what was learned. Grey levels of pictures for on-off
    visibles are drawn once, by the seed.

    Raises
    ------
    DataError
        When no picture is left that was not learned.
    """
    from studio.project.seen_rows import Rows, draws, in_grey, learned_rows, rows

    trained, seed = subject.trained, subject.asked.seed
    recipe = trained.recipe
    images = subject.learned
    other, chosen = images, images.held_out
    if subject.asked.final:
        other = load_test(subject.data, recipe.preprocess)
        chosen = np.arange(len(other))
    elif not subject.own:
        other = subject.others
        chosen = np.arange(len(other))
    if not len(chosen):
        raise DataError("Every picture was learned, so none can judge.", "Give others with --data, or hold some out.")
    drawn = draws(trained, images) and in_grey(other)
    if drawn:
        subject.line.say("grey levels were taken as probabilities, and drawn once")
    return Rows(learned_rows(trained, images, seed), rows(trained, other, chosen, seed), drawn)
