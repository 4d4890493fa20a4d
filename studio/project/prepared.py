"""What a recipe and pictures become before a run."""

from __future__ import annotations

from dataclasses import dataclass

from studio.data.imageset import ImageSet
from studio.project.trained import Trained
from studio.training.plan import Plan


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """A plan ready to run, and the model it trains."""

    plan: Plan
    trained: Trained
    images: ImageSet
