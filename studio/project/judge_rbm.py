"""What the lab tells of an RBM: likelihood, free energies, whether it is overfitted, how sure its weights are."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from studio.data.sheet import grid
from studio.jobs.evaluation import Finding, Section, Sheet, Tone, number
from studio.jobs.stepwise import Stepwise, part_of
from studio.lab.confidence import Confidence, measuring
from studio.lab.free_energy import free_energies, gap, histograms
from studio.lab.likelihood import MOST_HIDDEN
from studio.models.chain import GibbsChain
from studio.models.noise import Noise
from studio.models.rbm import Rbm
from studio.project.likelihoods import annealed_both_ways, counted
from studio.project.seen_rows import Rows
from studio.project.verdicts import UNFITTED, of_confidence, of_fit, of_likelihood
from studio.training.metrics import pseudo_likelihood

LIKELIHOOD, FIT, PSEUDO, CONFIDENCE = "Likelihood", "Fit and overfitting", "Pseudo-likelihood", "Confidence of weights"
LEARNED_MEANING = "Far above held-out ones: overfitted."
NOISE_PICTURES = 500
CHAINS = 200
SWEEPS = 500  # from noise, of the model's own samples
BATCH = 100
MAPS = 64
DRAWN = (2.0, 98.0)  # percentiles of the intervals that are black and white

Maps = Callable[[Confidence], Stepwise[Sheet | None]]


def judged_likelihood(model: Rbm, rows: Rows, seed: int = 0) -> Stepwise[Section]:
    """Count or anneal the likelihood, whichever can be done."""
    model.require_on_off("The likelihood")
    kind = "held-out" if len(rows.unseen) else "learned"
    nats = "nats"
    if model.hidden <= MOST_HIDDEN:
        exact = yield from counted(model, rows)
        findings = [
            Finding(
                "likelihood.exact",
                f"Of {kind} pictures",
                exact.unseen,
                nats,
                "The mean logarithm of how likely the model finds one. Higher is better.",
            ),
            Finding("likelihood.exact_training", "Of learned pictures", exact.learned, nats, LEARNED_MEANING),
            Finding("likelihood.log_partition", "Log Z", exact.log_partition, nats, "What makes them probabilities."),
        ]
        verdict, tone, base = *of_likelihood(exact, bool(len(rows.unseen))), exact.base
    elif model.gaussian:
        return Section(
            LIKELIHOOD,
            f"With Gaussian pixels and more than {MOST_HIDDEN} hidden units it can be neither counted nor annealed. "
            "The free energies below compare pictures with each other all the same.",
        )
    else:
        annealed = yield from annealed_both_ways(model, rows, seed=seed)
        findings = [
            Finding(
                "likelihood.ais",
                f"Of {kind} pictures",
                annealed.unseen,
                nats,
                "Annealed forwards: rather too high than too low. Higher is better.",
            ),
            Finding("likelihood.ais_training", "Of learned pictures", annealed.learned, nats, LEARNED_MEANING),
            Finding(
                "likelihood.reverse_ais",
                f"Annealed backwards, of {annealed.chosen} pictures",
                annealed.backwards,
                nats,
                f"Rather too low than too high. Forwards it is {annealed.forwards:.4g} for the same pictures.",
            ),
            Finding("likelihood.gap", "Gap of the two", annealed.gap, nats, "Up to 1 the likelihood is trusted."),
            Finding(
                "likelihood.log_partition",
                "Log Z",
                annealed.estimate.log_partition,
                nats,
                f"Between {annealed.estimate.low:.4g} and {annealed.estimate.high:.4g} by the spread of the chains.",
            ),
        ]
        verdict, tone, base = *of_likelihood(annealed, bool(len(rows.unseen))), annealed.base
    if not math.isnan(base):
        findings.append(Finding("likelihood.base_rate", "By the mean picture alone", base, nats, "To be beaten."))
    if rows.drawn:
        verdict += " Grey levels were taken as probabilities, and drawn once."
    return Section(LIKELIHOOD, verdict, tone, tuple(findings))


def judged_fit(model: Rbm, rows: Rows, seed: int = 0) -> Stepwise[Section]:
    """Hold the free energies of learned and held-out pictures, of noise and of the model's own samples together."""
    model.require_on_off("A free energy")
    noise = Noise(seed, rows.learned.device)
    samples = yield from part_of(own_samples(model, noise), 0, 2)
    named = [("learned", rows.learned), ("held-out", rows.unseen), ("noise", noise_like(model, rows.learned, noise))]
    kinds = [(name, some) for name, some in [*named, ("its own dreams", samples)] if len(some)]
    found = {}
    for place, (name, some) in enumerate(kinds):
        found[name] = yield from part_of(free_energies(model, some), len(kinds) + place, 2 * len(kinds))
    learned = found["learned"]
    gaps = {name: gap(learned, values) for name, values in found.items() if name != "learned"}
    verdict, tone = of_fit(gaps.get("held-out"), gaps["noise"], gaps["its own dreams"], len(rows.unseen))
    spread = float(learned.std())
    findings = [Finding("fit.spread", "Spread of learned pictures", spread, "nats", "Their standard deviation.")]
    meanings = {
        "held-out": ("fit.gap", "Near 0: it knows those it has not seen as well as those it has."),
        "noise": ("fit.noise", "Above 0: pixels that each keep to the mean picture are less likely than pictures."),
        "its own dreams": ("fit.samples", "Near 0: it dreams what it has learned. Far from 0: something else."),
    }
    for name, one in gaps.items():
        key, meaning = meanings[name]
        title = f"{name[0].upper()}{name[1:]} above learned"
        findings.append(Finding(key, title, one.nats, "nats", f"{one.deviations:.2g} of the spread. {meaning}"))
    finite = all(np.isfinite(values).all() for values in found.values())
    drawing = histograms(list(found), list(found.values())) if finite else None
    return Section(FIT, verdict, tone, tuple(findings), drawing)


def judged_pseudo_likelihood(model: Rbm, rows: Rows, seed: int = 0) -> Stepwise[Section]:
    """Estimate the pseudo-likelihood of held-out and of learned pictures; see `pseudo_likelihood`."""
    if model.gaussian:
        return Section(PSEUDO, "It is told of on-off pixels only, and those of this model are Gaussian.")
    findings = []
    kinds = [("pseudo.held_out", "held-out", rows.unseen), ("pseudo.training", "learned", rows.learned)]
    for place, (key, kind, some) in enumerate(kinds):
        if not len(some):
            continue
        noise = Noise(seed, some.device)
        means = []
        for first in range(0, len(some), BATCH):
            part = some[first : first + BATCH]
            means.append(float(pseudo_likelihood(model, part, noise)) * len(part))
            yield place * len(some) + first, 2 * len(some)
        meaning = "How well each pixel is told from all others. Near 0 is best."
        findings.append(Finding(key, f"Of {kind} pictures", sum(means) / len(some), "nats", meaning))
    verdict = (
        "Quick, and good for comparing runs on the same pictures. It sees each pixel beside its neighbours, and "
        "therefore little of the whole."
    )
    return Section(PSEUDO, verdict, findings=tuple(findings))


def judged_confidence(
    model: Rbm, rows: Rows, fitted: Callable[[], bool], maps: Maps | None = None
) -> Stepwise[Section]:
    """Say how surely so many pictures determine each weight, with a map for each filter.

    `fitted` tells whether the model fits its pictures, which the intervals
    suppose; `maps` draws the intervals where the visibles are no pixels.
    """
    work = measuring(model, batches(rows.learned), rows.count or None, len(rows.learned))
    if maps is None:
        found = yield from work
        sheet = confidence_maps(model, found)
    else:
        found = yield from part_of(work, 0, 2)
        sheet = yield from part_of(maps(found), 1, 2)
    verdict, tone = of_confidence(found.relative) if fitted() else (UNFITTED, Tone.PLAIN)
    return Section(CONFIDENCE, verdict, tone, confidence_findings(found), sheet)


def confidence_findings(found: Confidence) -> tuple[Finding, ...]:
    return (
        Finding(
            "confidence.relative",
            "Median interval over its weight",
            found.relative,
            "",
            "Width of the 95 % interval of a weight, divided by the weight; a lower bound. Above 2 it holds 0.",
        ),
        Finding("confidence.share", "Weights that count", found.share, "", "Not near 0, over pixels that vary."),
    )


def confidence_maps(model: Rbm, found: Confidence) -> Sheet | None:
    """Draw the intervals of the strongest filters, black the narrowest and white the widest of them."""
    norms = torch.linalg.vector_norm(model.weights, dim=0).cpu().numpy()
    strongest = np.argsort(-norms, kind="stable")[:MAPS]
    widths = found.widths[:, strongest].T
    known = widths[np.isfinite(widths)]
    if not len(known):
        return None
    low, high = (float(value) for value in np.percentile(known, DRAWN))
    shares = np.clip((np.nan_to_num(widths, nan=high, posinf=high) - low) / max(high - low, 1e-12), 0, 1)
    pictures = shares.reshape(len(strongest), *model.shape).mean(axis=1)
    sheet: NDArray[np.float32] = grid(pictures[..., None].astype(np.float32))
    sheet.setflags(write=False)
    typical = float(model.weights.cpu().double().square().mean().sqrt())
    words = (
        f"Intervals of the {len(strongest)} strongest filters, strongest first: black where they are narrow "
        f"({number(low)}), white where they are wide ({number(high)}) or nothing is known. A typical weight is "
        f"{number(typical)}."
    )
    return Sheet(sheet, words)


def batches(rows: Tensor) -> Iterator[Tensor]:
    for first in range(0, len(rows), BATCH):
        yield rows[first : first + BATCH]


def own_samples(model: Rbm, noise: Noise) -> Stepwise[Tensor]:
    """Return what chains have drawn after some sweeps from noise: (chains, visible)."""
    chain = GibbsChain(model, CHAINS, noise)
    for done in range(SWEEPS):
        chain.step()
        yield done + 1, SWEEPS
    return chain.sample().flatten(1)


def noise_like(model: Rbm, learned: Tensor, noise: Noise) -> Tensor:
    """Return pictures whose pixels are independent, each with the mean (and deviation) of the learned ones."""
    mean = learned.mean(0)
    if not model.gaussian:
        return noise.bernoulli(mean.expand(NOISE_PICTURES, model.visible))
    return mean + learned.std(0, correction=0) * noise.normal((NOISE_PICTURES, model.visible))
