"""The figures of a model's features: how well a classifier tells pictures apart by them, and what each knows."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import numpy as np

from studio.cli.judge_texture import against
from studio.cli.labelled import Judges, Labelled, View, grey_levels, judging, labelled, seen
from studio.cli.report import Figure
from studio.cli.subject import Subject
from studio.data.labels import chosen_evenly
from studio.data.memory import free_bytes
from studio.lab.selectivity import conditional_entropy, selectivity

if TYPE_CHECKING:
    from studio.lab.examples import Examples, Predict
    from studio.lab.features import Maps

MOST_LOOKED_AT = 5_000


def feature_figures(subject: Subject) -> dict[str, Figure]:
    """Errors in per cent of classifiers over the pooled activations of all layers, and over the pixels."""
    from studio.lab.features import gathered, maps_of

    maps = gathered(maps_of(subject.trained.model))
    known = labelled(subject)
    judges = judging(subject, known)
    ours = errors(subject, "features", known, judges, seen, maps)
    plain = errors(subject, "pixels", known, judges, grey_levels, lambda pictures: (pictures,))
    guessed = 100 * float((judges.classes != np.bincount(known.classes).argmax()).mean())
    figures: dict[str, Figure] = {}
    for ending, error in ours.items():
        figures[f"features.error{ending}"] = against(error, "%", plain[ending])
        figures[f"features.pixels_error{ending}"] = against(plain[ending], "%", guessed)
    return figures


def errors(subject: Subject, name: str, known: Labelled, judges: Judges, view: View, maps: Maps) -> dict[str, float]:
    """Return the share in per cent of the judging pictures that machines over `maps` take for another class.

    By what their keys end in: that of a support vector machine in the amount of labels and, where
    these are all, that of logistic regression in nothing.
    """
    from studio.lab.features import factor_for, features, sizes_of
    from studio.lab.least_squares import learned
    from studio.lab.logistic import regressed

    seed, views = subject.asked.seed, subject.asked.varied + 1
    first = maps(view(subject, known.images)(known.learning[:1]))
    factor = factor_for(views * len(known.learning) + len(judges.chosen), first, room())
    if factor > 1:
        subject.line.say(f"{name} are averaged over {factor} x {factor} places, so that memory holds them")
    examples = examples_of(subject, name, known, view, maps, factor)
    telling = subject.telling(f"{name} of pictures that judge")
    others = features(judges.chosen, view(subject, judges.images), maps, factor, telling)
    variants = f", each also in {views - 1} variants" if views > 1 else ""
    count = f"{examples.rows.shape[1]:,} numbers of each of {examples.count:,} pictures{variants}"
    found: dict[str, float] = {}

    def judge(ending: str, predict: Predict, machine: object) -> None:
        found[ending] = 100 * float((predict(others) != judges.classes).mean())
        subject.line.say(f"{name}: {count}; {machine}; {found[ending]:.2f} % wrong")

    if subject.asked.labels is None:
        cost, predict = regressed(examples, seed, subject.telling(f"regression on {name}, iterations"))
        judge("", predict, f"logistic regression, C {cost:g}")
    # It scales the rows in place: what is asked of bare ones comes first.
    machine = learned(examples, sizes_of(first, factor), seed, subject.telling(f"a machine over {name}"))
    judge(f"_{subject.asked.labels or 'all'}", machine.predict, machine)
    return found


def examples_of(subject: Subject, name: str, known: Labelled, view: View, maps: Maps, factor: int) -> Examples:
    """Return what is learned from: each picture as it is and, where asked for, in variants."""
    from studio.lab.examples import Examples
    from studio.lab.features import features
    from studio.lab.variants import variant

    views, count = subject.asked.varied + 1, len(known.learning)
    rows = np.empty((0, 0), np.float32)
    for number in range(views):
        alter = variant(len(known.images), number, subject.asked.seed) if number else None
        telling = subject.telling(
            f"{name} of pictures, variant {number} of {views - 1}" if number else f"{name} of pictures"
        )
        part = features(known.learning, view(subject, known.images, alter), maps, factor, telling)
        if not number:
            rows = np.empty((views * count, part.shape[1]), np.float32)
        rows[number * count : (number + 1) * count] = part
    return Examples(rows, known.classes)


def room() -> int:
    """Return how many bytes features may take: a quarter of what is free, and half a gigabyte in any case."""
    from studio.lab.features import MOST_BYTES

    return max(MOST_BYTES, (free_bytes() or 0) // 4)


def selectivity_figures(subject: Subject) -> dict[str, Figure]:
    """Of each layer's filters: area under precision and recall for the best class, and the entropy of classes left."""
    from studio.lab.features import maps_of, strongest

    maps = maps_of(subject.trained.model)
    known = looked_at(subject, labelled(subject))
    answers = strongest(known.learning, seen(subject, known.images), maps, subject.telling("features of pictures"))
    shuffled = np.random.default_rng([subject.asked.seed, 10]).permutation(known.classes)
    count = len(known.labels.names)
    figures: dict[str, Figure] = {}
    for (layer, _), scores in zip(subject.trained.model.layers(), answers, strict=True):
        subject.line.say(f"{layer}: {scores.shape[1]:,} features, {len(scores):,} pictures of {count} classes")
        area, chance = (selectivity(scores, classes, count).max(1) for classes in (known.classes, shuffled))
        left, most = (conditional_entropy(scores, classes, count) for classes in (known.classes, shuffled))
        for ending, summary in (("", np.median), ("_mean", np.mean)):
            figures[f"selectivity.{layer}.auc_pr{ending}"] = against(float(summary(area)), "", float(summary(chance)))
            figures[f"selectivity.{layer}.entropy{ending}"] = against(
                float(summary(left)), "bits", float(summary(most))
            )
    return figures


def looked_at(subject: Subject, known: Labelled) -> Labelled:
    """Return at most 5,000 of the pictures, unless --labels asks for more."""
    if subject.asked.labels or len(known.learning) <= MOST_LOOKED_AT:
        return known
    return dataclasses.replace(
        known, learning=chosen_evenly(known.labels, known.learning, MOST_LOOKED_AT, subject.asked.seed)
    )
