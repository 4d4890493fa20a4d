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
from studio.errors import DataError

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


def fit_to_learn(images: ImageSet, indices: NDArray[np.int64]) -> PictureTransform | None:
    """Return the transform to learn pictures with; raises DataError where it leaves nothing of them to learn."""
    found = fit_transform(images, indices)
    if isinstance(found, Whitening) and not found.gain.any():
        raise DataError(
            "Hardly anything in these pictures differs by a grey level, and whitening leaves nothing of them.",
            "Choose pictures with more contrast, or another scaling.",
        )
    return found


def transform_from_arrays(
    arrays: Mapping[str, Values], shape: tuple[int, int, int] | None = None
) -> PictureTransform | None:
    """Return the transform whose `arrays` were saved, None where there are none.

    Raises DataError for damage, and where it is not one for pictures of `shape` (C, H, W).
    """
    if not arrays:
        return None
    if "filter" in arrays:
        found: PictureTransform = Whitening.from_arrays(arrays)
    elif "matrix" in arrays:
        found = ColourTransform.from_arrays(arrays)
    else:
        found = Transform.from_arrays(arrays)
    if shape is not None and found.arrays()["mean"].shape not in (shape, (shape[0], 1, 1)):
        raise DataError("The saved scaling is that of other pictures.", "Train the model again.")
    return found
