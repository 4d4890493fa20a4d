"""Small untrained projects of each family, saved as files."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image

from studio.data.picture import write_png
from studio.data.spec import Colour, DatasetSpec, Preprocess, Scaling
from studio.data.transform import Transform
from studio.models.build import build_model, weights_of
from studio.models.code_spec import CodeSpec
from studio.models.latent_rbm import LatentRbm
from studio.models.noise import Noise
from studio.models.spec import ConvSpec, RbmSpec, TiledSpec, Visible
from studio.project.archive import Project, write_project
from studio.project.recipe import Recipe
from studio.project.trained import transform_arrays
from tests.unit.lab.textures import noise

TILE = 4
CODES = CodeSpec(widths=(6, 8), code=8, hidden=0, beta=0.1)


def texture_project(
    path: Path,
    colour: Colour = Colour.RGB,
    scale: float = 1.0,
    flatten: float = 0.0,
    smooth: bool = False,
    materials: int = 1,
) -> Path:
    """Save a texture model of tiles of 4 pixels, with random weights; smooth, each filter is one level all over."""
    seen = Preprocess(
        height=12, width=12, colour=colour, crops=True, scaling=Scaling.STANDARDISE, patch_scale=scale, flatten=flatten
    )
    return saved(path, Recipe(preprocess=seen, model=TiledSpec(tile=TILE, filters=3, textures=materials)), smooth)


def rbm_project(path: Path, gaussian: bool = True, colour: Colour = Colour.GREY) -> Path:
    """Save an RBM over pictures of 14 x 12 pixels, with random weights."""
    visible = Visible.GAUSSIAN if gaussian else Visible.BERNOULLI
    scaling = Scaling.STANDARDISE if gaussian else Scaling.NONE
    seen = Preprocess(height=12, width=14, colour=colour, scaling=scaling)
    return saved(path, Recipe(preprocess=seen, model=RbmSpec(hidden=20, visible=visible)))


def codes_project(path: Path, data: DatasetSpec, spec: CodeSpec = CODES) -> Path:
    """Save an autoencoder of pictures of 14 x 12 pixels in colour, with random weights."""
    seen = Preprocess(height=12, width=14, colour=Colour.RGB)
    recipe = Recipe(data, seen, spec)
    model = LatentRbm(spec, seen.shape)
    model.initialise(Noise(1))
    write_project(path, Project(recipe, weights_of(model)))
    return path


def conv_project(path: Path) -> Path:
    """Save a convolutional model of two layers over grey pictures of 20 x 18 pixels, with random weights."""
    seen = Preprocess(height=18, width=20, colour=Colour.GREY)
    return saved(path, Recipe(preprocess=seen, model=ConvSpec(4, 5, 2, Visible.BERNOULLI, deeper=("5x3/2",))))


def saved(path: Path, recipe: Recipe, smooth: bool = False) -> Path:
    model = build_model(recipe.model, recipe.preprocess.shape)
    draws = Noise(1)
    for name, tensor in model.saved().items():
        if name == "weights" and smooth:
            tensor.copy_(0.1 * draws.normal((*tensor.shape[:2], 1)).expand_as(tensor))
        elif name.rpartition(".")[2] in ("weights", "hidden_bias"):
            tensor.copy_(0.2 * draws.normal(tuple(tensor.shape)))
    transform = None
    if recipe.preprocess.scaling is Scaling.STANDARDISE:
        channels = recipe.preprocess.channels
        mean = np.linspace(0.3, 0.6, channels, dtype=np.float32)[:, None, None]
        transform = Transform(mean, np.array([0.2], np.float32))
    write_project(path, Project(recipe, weights_of(model), dict(transform_arrays(transform))))
    return path


def photograph(path: Path, size: tuple[int, int] = (30, 21), channels: int = 3) -> Path:
    """Save noise of (width, height)."""
    write_png(path, noise(size[1], size[0], 7, channels))
    return path


def with_hole(path: Path, source: Path, rows: slice, columns: slice) -> Path:
    """Save a picture with a part erased."""
    image = Image.open(source).convert("RGBA")
    pixels = np.asarray(image).copy()
    pixels[rows, columns, 3] = 0
    Image.fromarray(pixels).save(path)
    return path
