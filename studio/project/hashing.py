"""One number that tells two models apart."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray


def model_hash(weights: Mapping[str, NDArray[Any]]) -> str:
    """Return the SHA-256 of all weights, in order of their names, as hexadecimal digits."""
    digest = hashlib.sha256()
    for name in sorted(weights):
        array = np.asarray(weights[name])
        little = np.asarray(array, dtype=array.dtype.newbyteorder("<"), order="C")
        digest.update(f"{name}\0{little.dtype.name}\0{little.shape}\0".encode("utf-8", "surrogatepass"))
        digest.update(little.tobytes())
    return digest.hexdigest()
