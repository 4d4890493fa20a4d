"""Digits and capital letters drawn from Pillow's own font, each time a little differently."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

CHARACTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
EACH = 112
SIDE = 28
LARGE = 96  # drawn this large, so that turning and shrinking leave smooth edges
STROKES = (0, 2, 4, 6)


def draw_glyphs(each: int = EACH, seed: int = 0) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Return (n, 28, 28) uint8 white on black, the characters in turn, and which character each is."""
    rng = np.random.default_rng(seed)
    templates = [[template(character, stroke) for stroke in STROKES] for character in CHARACTERS]
    count = each * len(CHARACTERS)
    pictures = np.empty((count, SIDE, SIDE), np.uint8)
    labels = np.tile(np.arange(len(CHARACTERS), dtype=np.int64), each)
    for index, label in enumerate(labels):
        pictures[index] = distorted(templates[label][int(rng.integers(len(STROKES)))], rng)
    return pictures, labels


def template(character: str, stroke: int) -> Image.Image:
    """Return one character, white on black, in the middle of a large square."""
    font = ImageFont.load_default(76)
    image = Image.new("L", (LARGE, LARGE))
    left, top, right, bottom = font.getbbox(character, stroke_width=stroke)
    place = (LARGE - (left + right)) / 2, (LARGE - (top + bottom)) / 2
    ImageDraw.Draw(image).text(place, character, fill=255, font=font, stroke_width=stroke)
    return image


def distorted(image: Image.Image, rng: np.random.Generator) -> NDArray[np.uint8]:
    """Return the character turned, scaled, sheared and shifted at random, at its final size."""
    angle, shear = rng.normal(0, 0.12), rng.normal(0, 0.15)
    scale = rng.uniform(0.88, 1.16), rng.uniform(0.92, 1.12)
    shift = rng.uniform(-5, 5, 2)
    cosine, sine = np.cos(angle), np.sin(angle)
    turn = np.array([[cosine, -sine], [sine, cosine]]) @ np.array([[1, shear], [0, 1]])
    inverse = np.linalg.inv(turn @ np.diag(scale))  # from places of the result to places of the template
    step = LARGE / (2 * SIDE)
    middle = np.array([LARGE / 2, LARGE / 2])
    offset = middle - inverse @ (middle + shift)
    matrix = inverse * step
    coefficients = (*matrix[0], offset[0], *matrix[1], offset[1])
    doubled = image.transform((2 * SIDE, 2 * SIDE), Image.Transform.AFFINE, coefficients, Image.Resampling.BILINEAR)
    return np.asarray(doubled.reduce(2))
