"""harmonium --self-test: small rehearsals of what people do, one line each; what is in `ui.measure` adds the window."""

from __future__ import annotations

import dataclasses
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from studio.cli.progress import ProgressLine
from studio.cli.report import printable
from studio.cli.train import train
from studio.data.load import load
from studio.data.spec import SAMPLE_PREFIX, DatasetSpec
from studio.errors import StudioError
from studio.jobs.status import Outcome
from studio.models.spec import Family
from studio.paths import resources
from studio.project.archive import Project, read_project, write_project
from studio.project.presets import preset, presets
from studio.project.recipe import Recipe

FAILED = 1
STEPS = 10
SWEEPS = 3


class NotAsItShould(StudioError):
    """A rehearsal ended with something else than it has to."""


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """`run` gets a folder of its own, returns what was seen in a few words, and raises where it went wrong."""

    name: str
    run: Callable[[Path], str]


@dataclass(frozen=True, slots=True)
class Small:
    """A preset on bundled pictures, with a few settings that make it small; `stages` learn one after another."""

    name: str
    preset: str
    sample: str
    stages: int = 1
    changes: tuple[tuple[str, str], ...] = ()

    def recipe(self) -> Recipe:
        """Return the recipe, each of whose stages takes `STEPS` steps."""
        data = DatasetSpec((SAMPLE_PREFIX + self.sample,))
        recipe = preset(self.preset).apply(Recipe(data=data))
        length = dataclasses.replace(recipe.training, steps=STEPS * self.stages, seconds=0.0, epochs=0.0)
        recipe = dataclasses.replace(recipe, training=length)
        for key, value in self.changes:
            recipe = recipe.changed(key, value)
        return recipe


SMALL: dict[Family, Small] = {
    Family.RBM: Small("an RBM", "glyphs-rbm", "glyphs"),
    Family.TEXTURE: Small("a texture machine", "texture-fast", "bricks"),
    Family.CONVOLUTIONAL: Small("a convolutional network of two layers", "digits-cdbn", "glyphs", 2),
    Family.CODES: Small("an autoencoder with an RBM", "faces-ae-rbm", "faces", 2, (("model.rbm_share", "0.5"),)),
}


def rehearsals() -> tuple[Rehearsal, ...]:
    """Return what is rehearsed without a window."""
    families = (Rehearsal(f"{small.name} learns, is kept, opens, dreams", learning(small)) for small in SMALL.values())
    return (Rehearsal("what comes with the studio", carried), Rehearsal("picture files", read_back), *families)


def learning(small: Small) -> Callable[[Path], str]:
    """Return a rehearsal of one family: train, save, open, dream."""

    def run(folder: Path) -> str:
        recipe = small.recipe()
        with ProgressLine(quiet=True) as line:
            images = load(recipe.data, recipe.preprocess)
            project, record, result = train(recipe, images, "cpu", None, line)
        if result.outcome is not Outcome.COMPLETED or record.steps != STEPS * small.stages:
            raise NotAsItShould(f"It ended after {record.steps} steps.")
        file = folder / "kept.harmonium"
        write_project(file, project)
        kept = read_project(file)
        if any(not np.array_equal(kept.weights[name], array) for name, array in project.weights.items()):
            raise NotAsItShould("The weights of the opened project are not those that were saved.")
        height, width = dream(kept)
        return f"{record.steps} steps, {file.stat().st_size / 1e6:.1f} MB, a dream of {width} x {height}"

    return run


def dream(project: Project) -> tuple[int, int]:
    """Sweep from noise and return the size of what is seen; raises NotAsItShould where that is no picture."""
    import torch

    from studio.models.chain import GibbsChain
    from studio.models.noise import Noise
    from studio.project.trained import open_trained

    trained = open_trained(project, "cpu")
    with torch.no_grad():
        chain = GibbsChain(trained.model, 1, Noise(0, "cpu"), size=trained.model.own_size)
        chain.step(SWEEPS)
        picture = trained.to_pictures(chain.mean())[0]
    if not np.isfinite(picture).all() or picture.min() == picture.max():
        raise NotAsItShould("The dream is no picture.")
    return picture.shape[0], picture.shape[1]


def carried(_folder: Path) -> str:
    """Read the presets and the bundled model."""
    from studio.data.samples import SAMPLES

    found = presets()
    first = read_project(resources() / "models" / "first.harmonium")
    if not first.weights:
        raise NotAsItShould("The bundled model holds no weights.")
    return f"{len(found)} presets, {len(SAMPLES)} sets of pictures, the bundled model"


def read_back(folder: Path) -> str:
    """Write a picture in each common format and learn from the folder."""
    from PIL import Image

    levels = np.random.default_rng(0).integers(0, 256, (48, 64, 3), np.uint8)
    suffixes = ("png", "jpg", "tif", "webp", "bmp", "gif")
    for suffix in suffixes:
        Image.fromarray(levels).save(folder / f"picture.{suffix}")
    images = load(DatasetSpec((str(folder),)), Recipe().preprocess)
    if len(images) != len(suffixes):
        reasons = ", ".join(f"{verdict.name}: {verdict.reason}" for verdict in images.skipped)
        raise NotAsItShould(f"Only {len(images)} of {len(suffixes)} could be read. {reasons}")
    return ", ".join(suffixes)


def rehearse(wanted: Sequence[Rehearsal], began: float) -> int:
    """Run all, also after one has failed, print a line for each and the seconds since `began`; returns the status."""
    failed = 0
    for one in wanted:
        start = time.monotonic()
        with TemporaryDirectory(prefix="harmonium-") as folder:
            works, said = attempt(one, Path(folder))
        failed += not works
        word = "ok" if works else "FAILED"
        print(f"{word:6} {time.monotonic() - start:5.1f} s  {one.name}: {printable(said)}", flush=True)
    seconds = time.monotonic() - began
    print(f"{len(wanted) - failed} of {len(wanted)} checks passed in {seconds:.1f} s.", flush=True)
    return FAILED if failed else 0


def attempt(one: Rehearsal, folder: Path) -> tuple[bool, str]:
    try:
        return True, one.run(folder)
    except Exception as error:  # whatever it is, the other checks still tell something
        return False, str(error) if isinstance(error, StudioError) else f"{type(error).__name__}: {error}"


def main(began: float) -> int:
    """Rehearse all but the window, for a machine without Qt."""
    print("left out       the window: PySide6 is not installed", file=sys.stderr)
    return rehearse(rehearsals(), began)
