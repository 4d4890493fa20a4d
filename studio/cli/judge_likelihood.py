"""How likely an RBM finds pictures it has not learned: exactly, or by annealed importance sampling both ways."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from studio.cli.report import Figure
from studio.cli.subject import Subject
from studio.data.batches import as_seen
from studio.data.imageset import ImageSet
from studio.data.load import load, load_test
from studio.data.spec import Binarise
from studio.errors import DataError, SettingsError

if TYPE_CHECKING:
    from torch import Tensor

    from studio.models.rbm import Rbm

BACKWARDS = 500  # test pictures that the reverse estimate starts from


def exact_figures(subject: Subject) -> dict[str, Figure]:
    """Mean log-likelihood in nats of unseen and of learned pictures, all hidden states counted."""
    from studio.lab.likelihood import exact_log_partition, log_likelihood

    model = rbm_of(subject)
    unseen, learned = rows_of(subject)
    partition = exact_log_partition(model, subject.telling("hidden states"))
    found = float(log_likelihood(model, unseen, partition).mean())
    own = float(log_likelihood(model, learned, partition).mean())
    return {
        "likelihood.exact": Figure(found, "nats", own, None),
        "likelihood.exact_training": Figure(own, "nats"),
        "likelihood.log_partition": Figure(partition, "nats"),
        "likelihood.pictures": Figure(len(unseen), ""),
    }


def ais_figures(subject: Subject) -> dict[str, Figure]:
    """Mean log-likelihood in nats of unseen pictures by AIS, from below by reverse AIS, and whether to trust them."""
    from studio.lab.annealing import TRUSTED, annealed, reverse_annealed
    from studio.lab.likelihood import log_likelihood
    from studio.models.noise import Noise

    model, asked = rbm_of(subject), subject.asked
    unseen, learned = rows_of(subject)
    mean = learned.mean(0)
    ahead = Noise(asked.seed, subject.trained.device)
    estimate = annealed(model, mean, asked.runs, ahead, tell=subject.telling("temperatures"))
    chosen = unseen[:BACKWARDS]
    back = Noise(asked.seed + 1, subject.trained.device)
    lower = float(reverse_annealed(model, mean, chosen, back, tell=subject.telling("temperatures backwards")).mean())
    ours = log_likelihood(model, unseen, estimate.log_partition)
    there = float(log_likelihood(model, chosen, estimate.log_partition).mean())
    gap = there - lower
    trusted = abs(gap) <= TRUSTED
    verdict = "trusted" if trusted else "not trusted"
    subject.line.say(f"{verdict}: on {len(chosen)} pictures the two estimates are {gap:.2f} nats apart")
    return {
        "likelihood.ais": Figure(float(ours.mean()), "nats"),
        "likelihood.ais_training": Figure(float(log_likelihood(model, learned, estimate.log_partition).mean()), "nats"),
        "likelihood.reverse_ais": Figure(lower, "nats", there, None),
        "likelihood.gap": Figure(gap, "nats", TRUSTED, gap / TRUSTED),
        "likelihood.trusted": Figure(float(trusted), ""),
        "likelihood.log_partition": Figure(estimate.log_partition, "nats"),
        "likelihood.log_partition_low": Figure(estimate.low, "nats"),
        "likelihood.log_partition_high": Figure(estimate.high, "nats"),
        "likelihood.pictures": Figure(len(unseen), ""),
    }


def rbm_of(subject: Subject) -> Rbm:
    """Return the model; raises SettingsError where it is no RBM over pictures."""
    from studio.models.rbm import Rbm

    model = subject.trained.model
    if not isinstance(model, Rbm):
        raise SettingsError(
            f"{subject.name} holds no plain RBM, and only of that the likelihood can be told.", "Leave it out."
        )
    model.require_on_off("The likelihood")
    return model


def rows_of(subject: Subject) -> tuple[Tensor, Tensor]:
    """Return pictures that were not learned and some that were, as the model sees them: rows (n, visible).

    Unseen are those held out, with --final those of a test set, or all of --data
    where that is not what was learned. Grey levels of pictures for on-off
    visibles are drawn once, by the seed.

    Raises
    ------
    DataError
        When no picture is left that was not learned.
    """
    trained = subject.trained
    recipe = trained.recipe
    images = load(recipe.data, recipe.preprocess, subject.telling("pictures"))
    own = images.training()
    if subject.asked.final:
        other = load_test(subject.data, recipe.preprocess)
        unseen = rows(subject, other, np.arange(len(other)))
    elif subject.data != recipe.data:
        other = load(subject.data, recipe.preprocess)
        unseen = rows(subject, other, np.arange(len(other)))
    else:
        unseen = rows(subject, images, images.held_out)
    if not len(unseen):
        raise DataError("Every picture was learned, so none can judge.", "Give others with --data, or hold some out.")
    some = own[np.linspace(0, len(own) - 1, min(len(own), 10_000)).astype(np.int64)]
    return unseen, rows(subject, images, some)


def rows(subject: Subject, images: ImageSet, chosen: np.ndarray[tuple[int, ...], np.dtype[np.int64]]) -> Tensor:
    """Return pictures as the model sees them, on-off where its visibles are: (n, visible)."""
    import torch

    trained = subject.trained
    preprocess = images.preprocess
    generator = np.random.default_rng([subject.asked.seed, 20])
    values = as_seen(images.pixels[chosen], preprocess, trained.transform, generator)
    if not rbm_of(subject).gaussian and preprocess.binarise is Binarise.NONE:
        subject.line.say("grey levels were taken as probabilities, and drawn once")
        values = (generator.random(values.shape, np.float32) < values).astype(np.float32)
    return torch.from_numpy(np.ascontiguousarray(values)).flatten(1).to(trained.device)
