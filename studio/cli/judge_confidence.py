"""How surely the pictures of a project determine the weights of its RBM."""

from __future__ import annotations

from studio.cli.report import Figure
from studio.cli.subject import Subject
from studio.jobs.stepwise import finished


def confidence_figures(subject: Subject) -> dict[str, Figure]:
    """Median width of the 95 % intervals over their weights, a lower bound, and the share of weights that count.

    Of an RBM over codes they are those of its weights to the code.
    """
    from studio.lab.confidence import measuring
    from studio.models.latent_rbm import LatentRbm
    from studio.project.evaluate import coded_rows
    from studio.project.judge_rbm import batches
    from studio.project.seen_rows import learned_rows, rbm_of

    trained = subject.trained
    over = trained.model.rbm if isinstance(trained.model, LatentRbm) else None
    model = over if over is not None else rbm_of(trained, subject.name)
    images = subject.learned
    if not subject.own:
        subject.line.say("confidence is told of the pictures that were learned; those of --data are not looked at")
    if isinstance(trained.model, LatentRbm):
        learned = finished(coded_rows(trained, trained.model, images), subject.telling("pictures encoded")).learned
    else:
        learned = learned_rows(trained, images, subject.asked.seed)
    work = measuring(model, batches(learned), len(images.training()), len(learned))
    found = finished(work, subject.telling("pictures seen"))
    return {
        "confidence.relative": Figure(found.relative, "of the weight"),
        "confidence.share": Figure(found.share, "of the weights"),
    }
