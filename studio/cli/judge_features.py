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


def feature_figures(subject: Subject) -> dict[str, Figure]:
    """Errors in per cent of a support vector machine over the pooled activations of all layers, and over the pixels."""
    from studio.lab.features import maps_of
    from studio.lab.svm import require_scikit_learn

    require_scikit_learn()
    maps = maps_of(subject.trained.model)
    known = labelled(subject)
    judges = judging(subject, known)
    ours = error(subject, "features", known, judges, seen, maps)
    plain = error(subject, "pixels", known, judges, grey_levels, lambda pictures: (pictures,))
    guessed = 100 * float((judges.classes != np.bincount(known.classes).argmax()).mean())
    amount = subject.asked.labels or "all"
    return {
        f"features.error_{amount}": against(ours, "%", plain),
        f"features.pixels_error_{amount}": against(plain, "%", guessed),
    }


def error(subject: Subject, name: str, known: Labelled, judges: Judges, view: View, maps: Maps) -> float:
    """Return the share in per cent of the judging pictures that a machine over `maps` takes for another class."""
    from studio.lab.features import factor_for, features
    from studio.lab.svm import learned

    learning, judged = view(subject, known.images), view(subject, judges.images)
    telling = subject.telling(f"{name} of pictures")
    factor = factor_for(len(known.learning) + len(judges.chosen), maps(learning(known.learning[:1])))
    if factor > 1:
        subject.line.say(f"{name} are averaged over {factor} x {factor} places, so that memory holds them")
    rows = features(known.learning, learning, maps, factor, telling)
    choice, predict = learned(rows, known.classes, subject.asked.seed, subject.telling(f"settings tried on {name}"))
    found = predict(features(judges.chosen, judged, maps, factor, telling))
    subject.line.say(f"{name}: {rows.shape[1]:,} numbers of each of {len(rows):,} pictures; {choice}")
    return 100 * float((found != judges.classes).mean())


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
