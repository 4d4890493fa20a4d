"""What follows from the lab's figures, in words; every threshold has its reason beside it."""

from __future__ import annotations

import math

from studio.jobs.evaluation import Tone, number
from studio.lab.filled import Closeness
from studio.lab.free_energy import Gap
from studio.project.likelihoods import Annealed, Exact

Verdict = tuple[str, Tone]

GOOD, BAD, BROKEN = Tone.GOOD, Tone.BAD, Tone.BROKEN
SMALL, MEDIUM = 0.2, 0.5  # deviations: effect sizes that are hardly, and plainly, to be seen (Cohen 1988)
SURE = 2.0  # standard errors
FAR = 4.0  # deviations below or above the learned pictures, where samples are none of them
CLOSE = 0.9  # of the ceiling: by eye the same material
WANTED = 0.8  # of the filters
UNFITTED = (
    "The intervals suppose a model that fits its pictures, and this one does not: they say nothing of how sure its "
    "weights are."
)
UNSURE = 2.0  # an interval that holds 0: not even the sign of the weight is known

UNSOUND = "The model has diverged: some of its weights are no numbers. Train anew with a smaller learning rate."
NONE_UNSEEN = (
    "Whether the model is overfitted cannot be told: every picture was learned. "
    "Hold a tenth of them out and train anew."
)


def of_fit(unseen: Gap | None, noise: Gap, samples: Gap, count: int) -> Verdict:
    """Judge by free energies above those of the learned pictures; `count` unseen pictures were looked at."""
    if not all(math.isfinite(one.nats) for one in (noise, samples)):
        return (
            "The model has diverged: free energies of pictures are no numbers. Train anew with a smaller rate.",
            BROKEN,
        )
    if noise.deviations < -SMALL:
        return (
            f"The model has diverged: it finds noise likelier than the pictures it learned, by {number(-noise.nats)} "
            "nats. Train anew with a smaller learning rate.",
            BROKEN,
        )
    if samples.deviations < -FAR:
        return (
            f"What the model dreams is not what it learned: it finds its own dreams likelier than the pictures by "
            f"{number(-samples.nats)} nats. It has diverged, or it was trained with too few Gibbs steps: try PCD and "
            "a smaller learning rate.",
            BROKEN,
        )
    if noise.deviations < SMALL:
        return (
            "The model has learned nothing yet: it finds noise as likely as pictures. Train longer, or with a larger "
            "learning rate.",
            BROKEN,
        )
    if samples.deviations > FAR:
        return (
            f"What the model dreams is not what it learned yet: its dreams lie {number(samples.nats)} nats above the "
            "pictures. Train longer; Gaussian visible units of a smaller deviation dream cleaner.",
            BAD,
        )
    return (NONE_UNSEEN, Tone.PLAIN) if unseen is None else of_overfitting(unseen, count)


def of_overfitting(unseen: Gap, count: int) -> Verdict:
    apart = f"{number(unseen.nats)} nats, {unseen.deviations:.2g} of their spread"
    sure = unseen.deviations > SURE * unseen.error
    if unseen.deviations > SMALL and not sure:
        return (
            f"Whether the model is overfitted cannot be told from {count} held-out pictures: they lie {apart} above "
            "the learned ones, which may be chance. Hold more of them out.",
            Tone.PLAIN,
        )
    if unseen.deviations > MEDIUM:
        return (
            f"The model is overfitted: it knows the learned pictures better than held-out ones, by {apart}. Use more "
            "pictures, fewer hidden units, more weight decay or less training.",
            BAD,
        )
    if unseen.deviations > SMALL:
        return (
            f"The model begins to overfit: held-out pictures lie {apart} above the learned ones. More training would "
            "make it worse.",
            Tone.PLAIN,
        )
    return (
        f"No sign of overfitting: held-out pictures are as likely as learned ones, to within "
        f"{number(abs(unseen.nats))} nats, and both are likelier than noise.",
        GOOD,
    )


def of_likelihood(found: Exact | Annealed, unseen: bool) -> Verdict:
    """Judge a log-likelihood beside that of the mean picture; one that is not to be trusted is not judged."""
    kind = "held-out" if unseen else "learned"
    if isinstance(found, Annealed) and not found.trusted:
        return (
            f"Not trusted: annealed forwards and backwards, the likelihood comes out {number(abs(found.gap))} "
            "nats apart. Do not compare either of the two with other models.",
            BAD,
        )
    how = "trusted: forwards and backwards agree to within a nat" if isinstance(found, Annealed) else "exact"
    told = f"{number(found.unseen)} nats for {kind} pictures, {how}."
    if not math.isfinite(found.unseen):
        return "The model has diverged: the likelihood is no number.", BAD
    if math.isnan(found.base):
        return f"{told} It is that of a density: compare it with models of the same pictures only.", Tone.PLAIN
    better = found.unseen - found.base
    if better <= 0:
        return (
            f"{told} That is {number(-better)} nats worse than a model that knows the mean picture alone: it has "
            "diverged, is overfitted, or has learned nothing yet.",
            BAD,
        )
    return f"{told} That is {number(better)} nats better than a model that knows the mean picture alone.", GOOD


def of_confidence(relative: float) -> Verdict:
    """Judge the median width of the weights' intervals over the weights."""
    bound = "It is a lower bound: the true intervals are wider."
    if math.isnan(relative):
        return "Nothing can be told: no weight stands out from nothing over pixels that vary.", Tone.PLAIN
    if relative < UNSURE:
        return (
            f"The pictures determine the weights: half of the intervals are narrower than "
            f"{percent(relative)} of the weight. {bound}",
            GOOD,
        )
    return (
        f"The pictures do not determine the weights: half of the intervals are wider than {percent(relative)} of the "
        f"weight, so that not even its sign is known. More pictures, or fewer hidden units. {bound}",
        BAD,
    )


def of_similarity(ratio: float) -> Verdict:
    """Judge a similarity over its ceiling."""
    told = f"{percent(ratio)} of what the real texture reaches"
    if ratio >= CLOSE:
        return f"The dreams look like the material: {told}.", GOOD
    return f"The dreams do not look like the material yet: {told}. Train longer, or with more filters.", Tone.PLAIN


def of_seam(score: float, inside: float) -> Verdict:
    """Judge wrap lines by their roughness and by the share of them that are among the lines inside."""
    if inside >= 0.8:
        return "The dreams repeat without a seam: their borders are lines among the others.", GOOD
    if score > 1:
        return f"A seam can be seen: the borders are {number(score)} times as rough as lines inside.", BAD
    return f"The borders are smoother than lines inside, {number(score)} times as rough: they may be seen.", Tone.PLAIN


def of_fills(ours: Closeness, one_pass: Closeness, mean: Closeness) -> Verdict:
    """Judge fillings by the medians of their PSNR, beside one upward pass and the mean picture."""
    told = f"What chains dream in place of a hidden half is {number(ours.psnr)} dB from the truth"
    if ours.psnr > max(one_pass.psnr, mean.psnr):
        return f"{told}: nearer than one upward pass and the mean picture.", GOOD
    if ours.psnr > mean.psnr:
        return f"{told}: nearer than the mean picture, but one upward pass is nearer.", Tone.PLAIN
    return f"{told}: no nearer than the mean picture. Train longer; kept chains (PCD) fill best.", BAD


def of_filters(share: float) -> Verdict:
    """Judge the share of filters that are Gabor functions."""
    told = f"{percent(share)} of the filters are oriented edges"
    if share >= WANTED:
        return f"{told}, as those of a model that has learned photographs are.", GOOD
    if share >= WANTED / 2:
        return (
            f"{told}. Of photographs a model learns at least four in five; longer training sharpens them.",
            Tone.PLAIN,
        )
    return f"{told}: few, unless the pictures have few edges. Train longer, or on whitened photographs.", Tone.PLAIN


def percent(share: float) -> str:
    return f"{round(100 * share):,} %"
