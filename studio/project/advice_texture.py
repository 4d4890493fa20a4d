"""What would help a texture whose dreams stay unlike its picture."""

from __future__ import annotations

import numpy as np

from studio.jobs.advice import Advice
from studio.models.spec import ModelSpec, TiledSpec
from studio.project.history import Curves

FEWEST_POINTS = 3
LOW = 0.8
LATE = 0.75  # of the run: much of the likeness comes while the rate falls, in its second half


def advise_texture(curves: Curves, spec: ModelSpec, share: float) -> Advice | None:
    """Return what to try next where the similarity is still low late in a run; `share` of it is over."""
    similarity = curves.get("texture_similarity")
    if not isinstance(spec, TiledSpec) or similarity is None or len(similarity) < FEWEST_POINTS or share < LATE:
        return None
    last = float(np.mean(similarity.values[-FEWEST_POINTS:]))
    if not last < LOW:
        return None
    return Advice(
        f"The dreams are still unlike the picture: texture similarity {last:.2f}.",
        f"Where its structure is longer than two tiles of {spec.multiple} px, a smaller scale of the picture or more "
        "scales of the model help more than a longer run.",
    )
