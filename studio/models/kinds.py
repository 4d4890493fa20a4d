"""The words that all specs share."""

from __future__ import annotations

from enum import StrEnum

Shape = tuple[int, int, int]  # channels, height, width

FLOAT_BYTES = 4


class Family(StrEnum):
    RBM = "rbm"
    TEXTURE = "texture"
    CONVOLUTIONAL = "convolutional"
    CODES = "codes"


class Visible(StrEnum):
    BERNOULLI = "bernoulli"
    GAUSSIAN = "gaussian"


class Hidden(StrEnum):
    """BERNOULLI units are on or off; RECTIFIED ones answer by how much, never below 0."""

    BERNOULLI = "bernoulli"
    RECTIFIED = "rectified"
