"""What stands in a hole while one upward pass goes over it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from studio.data.fit import upright
from studio.data.lighting import filled
from studio.data.spec import Scaling

if TYPE_CHECKING:
    from studio.project.trained import Trained

Values = NDArray[np.float32]


def behind(trained: Trained, picture: Values, hole: NDArray[np.bool_]) -> Values:
    """Return a picture (H, W, C) in 0..1 for the hole (H, W): the mean of what was learned, or the colours around it.

    Those where pictures are whitened: the filter would spread the edge of a hole of another colour.
    """
    if trained.recipe.preprocess.scaling is not Scaling.WHITEN or hole.all():
        return trained.mean_picture((hole.shape[0], hole.shape[1]))
    levels = np.rint(np.moveaxis(picture, 2, 0) * np.float32(255)).astype(np.uint8)
    return upright(filled(levels, ~hole))
