"""How surely the pictures of a project determine the weights of its RBM."""

from __future__ import annotations

from studio.cli.report import Figure
from studio.cli.subject import Subject
from studio.data.load import load
from studio.jobs.stepwise import finished


def confidence_figures(subject: Subject) -> dict[str, Figure]:
    """Median width of the 95 % intervals over their weights, a lower bound, and the share of weights that count."""
    from studio.lab.confidence import measuring
    from studio.project.judge_rbm import batches
    from studio.project.seen_rows import learned_rows, rbm_of

    trained = subject.trained
    model = rbm_of(trained, subject.name)
    images = load(trained.recipe.data, trained.recipe.preprocess, subject.telling("pictures"))
    learned = learned_rows(trained, images, subject.asked.seed)
    work = measuring(model, batches(learned), len(images.training()), len(learned))
    found = finished(work, subject.telling("pictures seen"))
    return {
        "confidence.relative": Figure(found.relative, "of the weight"),
        "confidence.share": Figure(found.share, "of the weights"),
    }
