"""A trained project under judgement: what every judgement may ask for, each made once."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from studio.data.fit import upright
from studio.data.imageset import ImageSet
from studio.data.load import load
from studio.data.spec import DatasetSpec
from studio.dream.settings import DreamSettings
from studio.errors import DataError, SettingsError
from studio.project.locate import missing
from studio.project.recipe import Recipe

if TYPE_CHECKING:
    from studio.cli.progress import ProgressLine
    from studio.lab.dreams import Dreamer
    from studio.lab.exemplar import Exemplar
    from studio.models.chain import GibbsChain, Size
    from studio.project.trained import Trained

Values = NDArray[np.float32]

RUNS = 100


@dataclass(frozen=True, slots=True)
class Asked:
    """How much is dreamed for a judgement; sizes are height and width in pixels.

    `labels` is how many labelled pictures are learned from, None for all, and
    `varied` in how many variants each beside itself;
    `final` has a set of test pictures judge, not those held out. `sheet` is
    where dreams and the pictures nearest to them are saved. `runs` is how many
    chains are annealed. With `fewest` unseen pictures dreams are held against these alone.
    """

    canvases: int = 8
    size: tuple[int, int] = (242, 242)
    sweeps: int = 1000
    fills: int = 20
    seed: int = 0
    hole: str = "left"
    labels: int | None = None
    varied: int = 0
    final: bool = False
    sheet: Path | None = None
    runs: int = RUNS
    fewest: int = 8


@dataclass(frozen=True, eq=False)
class Subject:
    """A model on its device, the pictures and the other model it is held against, and how to show that work goes on."""

    name: str
    trained: Trained
    data: DatasetSpec
    asked: Asked
    line: ProgressLine
    beside: Trained | None = None

    @cached_property
    def images(self) -> ImageSet:
        """The pictures as the model's recipe has them, a half of each texture unseen."""
        return load(self.data, judged(self.trained.recipe).preprocess)

    @property
    def own(self) -> bool:
        """Whether it is judged by the pictures that it learned from, and those that were held out of them."""
        return self.data == self.trained.recipe.data

    @cached_property
    def learned(self) -> ImageSet:
        """The pictures that the model learned from, and those held out of them."""
        recipe = self.trained.recipe
        lost = missing(recipe.data)
        if lost:
            raise DataError(
                f"{lost[0]} does not exist, and this is told beside the pictures that {self.name} learned from.",
                "Put them back there, or beside the project.",
            )
        return load(recipe.data, recipe.preprocess, self.telling("pictures"))

    @cached_property
    def others(self) -> ImageSet:
        """The pictures of --data, where those are not the model's own."""
        return load(self.data, self.trained.recipe.preprocess, self.telling("pictures"), to_learn=False)

    @cached_property
    def texture(self) -> Exemplar:
        """The first picture: what training may use of it, and what it may not, nothing transparent in either."""
        from studio.lab.exemplar import exemplar, halved

        images = self.images
        if not self.trained.recipe.preprocess.held_out:
            self.line.say("nothing was held out in training: the half that judges was learned from too")
        if len(images.exemplars) > 1:
            self.line.say(f"judged by the first of {len(images.exemplars)} pictures alone")
        if not images.exemplars:
            return halved(upright(images.pixels[0]))
        if not images.bands[0]:
            return halved(self.whole(images.exemplars[0], images.known[0]))
        return exemplar(self.whole(*images.learned(0)), self.whole(*images.unseen(0)))

    def whole(self, pixels: NDArray[np.uint8], known: NDArray[np.bool_]) -> Values:
        """Return the largest part of a picture without transparency, and say so."""
        from studio.project.judge_texture import opaque

        found = opaque(pixels, known)
        if not known.all():
            self.line.say(f"judged by {found.shape[1]} x {found.shape[0]} px without transparency")
        return found

    @cached_property
    def dreamer(self) -> Dreamer:
        from studio.lab.dreams import Dreamer

        return Dreamer(self.chain, self.trained.to_pictures, self.trained.to_model)

    def chain(self, count: int, size: Size, seed: int) -> GibbsChain:
        """Return chains from noise at temperature 1."""
        from studio.models.chain import GibbsChain
        from studio.models.noise import Noise

        return GibbsChain(self.trained.model, count, Noise(seed, self.trained.device), size=size)

    @cached_property
    def dreams(self) -> Values:
        """Independent dreams from noise, the mean shown: (n, H, W, C) in 0..1."""
        from studio.dream.begin import check_canvas

        height, width = self.size
        check_canvas(self.trained.model, DreamSettings(height=height, width=width))
        return self.dreamer.dreams(
            self.asked.canvases, self.size, self.asked.sweeps, self.asked.seed, self.telling("sweeps")
        )

    @property
    def size(self) -> Size:
        """The asked size at the nearest multiple of the tile; for a model of one size, that."""
        model = self.trained.model
        if not model.any_size:
            return model.own_size
        height, width = (max(1, round(side / model.multiple)) * model.multiple for side in self.asked.size)
        return height, width

    def require_any_size(self) -> None:
        """Raise SettingsError for a model that dreams at one size only."""
        if not self.trained.model.any_size:
            raise SettingsError(
                f"{self.name} dreams at one size and does not repeat, so it has no seam.",
                "Judge a texture model, or leave out --seam.",
            )

    def telling(self, what: str) -> Callable[[int, int], None]:
        return lambda done, total: self.line.show_count(what, done, total)


def judged(recipe: Recipe) -> Recipe:
    """Return the recipe with a half of the picture held out, where training kept nothing back."""
    if recipe.preprocess.held_out:
        return recipe
    return dataclasses.replace(recipe, preprocess=dataclasses.replace(recipe.preprocess, held_out=0.5))
