"""Which transform a scaling means: fitted to pictures, or read back from what was saved."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from studio.data.colour import ColourTransform
from studio.data.imageset import ImageSet
from studio.data.spec import Scaling
from studio.data.transform import PictureTransform, Transform
from studio.data.whitening import Whitening

Values = NDArray[np.float32]


def fit_transform(images: ImageSet, indices: NDArray[np.int64] | None = None) -> PictureTransform | None:
    """Return the transform that the preprocess of these pictures asks for, measured on what training uses."""
    chosen = images.training() if indices is None else indices
    match images.preprocess.scaling:
        case Scaling.STANDARDISE:
            return Transform.fit(images, chosen)
        case Scaling.DECORRELATE:
            return ColourTransform.fit(images, chosen)
        case Scaling.WHITEN:
            return Whitening.fit(images, chosen)
        case Scaling.NONE:
            return None


def transform_from_arrays(arrays: Mapping[str, Values]) -> PictureTransform | None:
    """Return the transform whose `arrays` were saved, None where there are none; raises DataError for damage."""
    if not arrays:
        return None
    if "filter" in arrays:
        return Whitening.from_arrays(arrays)
    if "matrix" in arrays:
        return ColourTransform.from_arrays(arrays)
    return Transform.from_arrays(arrays)
