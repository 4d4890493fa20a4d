"""Small runs of every family that several processes train, and a door for those processes to come in by."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import torch
from PIL import Image

from studio.data.load import load
from studio.data.spec import Colour, DatasetSpec, Preprocess, Scaling
from studio.jobs.control import RunControl
from studio.jobs.feed import Feed
from studio.models.code_spec import CodeSpec, Corruption, Network, Units
from studio.models.spec import ConvSpec, ModelSpec, TiledSpec, Visible
from studio.project.archive import write_project
from studio.project.job import keep, prepare
from studio.project.recipe import Recipe
from studio.project.shared_job import divided
from studio.training.ranks import Ranks, joined
from studio.training.run import run
from studio.training.settings import Optimiser, Rule, TrainSettings

TEXTURE = Preprocess(height=28, width=28, colour=Colour.RGB, crops=True, held_out=0.4, scaling=Scaling.DECORRELATE)
WHITENED = Preprocess(height=18, width=20, crops=True, held_out=0.3, scaling=Scaling.WHITEN)
PLAIN = Preprocess(height=18, width=20, crops=True, held_out=0.3)
WHOLE = Preprocess(height=12, width=14, colour=Colour.RGB, held_out=0.2)

CHAINS = TrainSettings(batch=8, chains=12, learning_rate=0.01, steps=9, optimiser=Optimiser.ADAM, threads=1)
CD = TrainSettings(rule=Rule.CD, batch=4, learning_rate=0.02, momentum=0.5, steps=8, sparsity_cost=1.0, threads=1)
# Not by Adam: a bias below a normalised layer has no slope but rounding, which Adam would blow up to whole steps.
CODES = TrainSettings(rule=Rule.CD, batch=6, steps=10, learning_rate=0.1, momentum=0.5, threads=1)
LAYERED = ConvSpec(filters=4, side=5, visible=Visible.BERNOULLI, deeper=("5x3/2",))
NORMED = CodeSpec(
    widths=(6, 8), code=5, hidden=6, zoom=0.2, corruption=Corruption.BLOCKS, known_weight=0.3, rbm_share=0.4
)
DENSE = CodeSpec(
    network=Network.DENSE, widths=(7,), code=5, hidden=0, beta=0.1, corruption=Corruption.MASKING, level=0.2
)
PRETRAINED = CodeSpec(network=Network.DENSE, widths=(7,), units=Units.LOGISTIC, code=5, hidden=0, pretrain=0.6)

FAMILIES: dict[str, tuple[str, Preprocess, ModelSpec, TrainSettings]] = {
    "texture": ("waves.png", TEXTURE, TiledSpec(tile=5, filters=4, learn_deviation=True), CHAINS),
    "materials": ("waves", TEXTURE, TiledSpec(tile=5, filters=4, textures=2), CHAINS),
    "pyramid": ("waves.png", TEXTURE, TiledSpec(tile=5, filters=4, levels=2), CHAINS),
    "convolutional": ("waves.png", WHITENED, ConvSpec(filters=6, side=5), CD),
    "convolutional, kept": ("waves.png", PLAIN, ConvSpec(filters=6, side=5, visible=Visible.BERNOULLI), CHAINS),
    "layers": ("waves.png", PLAIN, LAYERED, CD),
    "codes": ("waves", WHOLE, NORMED, CODES),
    "variational": ("waves", WHOLE, DENSE, CODES),
    "pretrained": ("waves", WHOLE, PRETRAINED, CODES),
}


def draw(folder: Path) -> None:
    """Draw two large pictures and sixteen small ones."""
    rng = np.random.default_rng(0)
    (folder / "waves").mkdir()
    for number, period in enumerate((6, 9)):
        waves = np.sin(np.arange(80) * 2 * np.pi / period)[:, None] * np.ones(72)
        pixels = 128 + 60 * waves[..., None] * [1.0, 0.5, 0.2] + rng.normal(0, 8, (80, 72, 3))
        image = Image.fromarray(pixels.clip(0, 255).astype(np.uint8))
        image.save(folder / "waves" / f"{number}.png")
        if number == 0:
            image.save(folder / "waves.png")
    (folder / "small").mkdir()
    for number in range(16):
        Image.fromarray(rng.integers(0, 255, (12, 14, 3), np.uint8)).save(folder / "small" / f"{number}.png")


def train_all(folder: Path, out: str, ranks: Ranks | None) -> None:
    """Train every family and save what came of it, in the first process."""
    for name, (source, preprocess, spec, training) in FAMILIES.items():
        place = folder / ("small" if preprocess is WHOLE else source)
        recipe = Recipe(DatasetSpec((str(place),)), preprocess, spec, training)
        prepared = prepare(recipe, load(recipe.data, recipe.preprocess), "cpu")
        if ranks is not None:
            prepared = divided(prepared, ranks)
        result = run(prepared.plan, RunControl(), Feed())
        project = keep(prepared.trained, prepared, result.settings)
        if ranks is None or ranks.first:
            write_project(folder / f"{name} {out}.harmonium", project)


if __name__ == "__main__":
    torch.set_num_threads(1)
    with joined() as found:
        train_all(Path(sys.argv[1]), "together", found)
