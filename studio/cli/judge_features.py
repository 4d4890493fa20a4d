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
from studio.lab.selectivity import conditional_entropy, selectivity

if TYPE_CHECKING:
    from studio.lab.features import Maps

MOST_LOOKED_AT = 5_000
KERNEL_MOST = 5_000  # pictures; beyond, the matrix of all pairs is too large


def feature_figures(subject: Subject) -> dict[str, Figure]:
    """Errors in per cent of classifiers over the pooled activations of all layers, and over the pixels."""
    from studio.lab.features import gathered, maps_of
    from studio.lab.svm import require_scikit_learn

    require_scikit_learn()
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
    from studio.lab.least_squares import learned_of_many
    from studio.lab.logistic import regressed
    from studio.lab.svm import learned

    learning, judged = view(subject, known.images), view(subject, judges.images)
    telling, seed = subject.telling(f"{name} of pictures"), subject.asked.seed
    first = maps(learning(known.learning[:1]))
    factor = factor_for(len(known.learning) + len(judges.chosen), first)
    if factor > 1:
        subject.line.say(f"{name} are averaged over {factor} x {factor} places, so that memory holds them")
    rows = features(known.learning, learning, maps, factor, telling)
    others = features(judges.chosen, judged, maps, factor, telling)
    count = f"{rows.shape[1]:,} numbers of each of {len(rows):,} pictures"
    found: dict[str, float] = {}
    if subject.asked.labels is None:
        cost, predict = regressed(rows, known.classes, seed, subject.telling(f"regression on {name}, iterations"))
        found[""] = 100 * float((predict(others) != judges.classes).mean())
        subject.line.say(f"{name}: {count}; logistic regression, C {cost:g}")
    many = len(rows) > KERNEL_MOST
    # These scale the rows in place: what is asked of bare ones comes first.
    machine = (learned_of_many if many else learned)(
        rows, sizes_of(first, factor), known.classes, seed, subject.telling(f"machines over {name}")
    )
    found[f"_{subject.asked.labels or 'all'}"] = 100 * float((machine.predict(others) != judges.classes).mean())
    subject.line.say(f"{name}: {count}; {machine}")
    return found


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
