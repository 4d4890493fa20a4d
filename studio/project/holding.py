"""From a picture file to what a dream holds of it, and what a picture drawn so says of that."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from studio.data.fit import upright
from studio.data.imageset import ImageSet
from studio.data.occluded import lit
from studio.data.sources import find
from studio.dream.held_picture import HeldPicture
from studio.dream.holes import Hole
from studio.dream.place import At, Hold
from studio.errors import DataError, SettingsError
from studio.models.chain import Size
from studio.models.filling import Values
from studio.project.held import Held, Way
from studio.project.subject import subject_of
from studio.project.taking import digest, is_large, taken
from studio.project.trained import Trained


@dataclass(frozen=True, slots=True, eq=False)
class Holding:
    """What is held and how, the picture itself, and what is said of it."""

    hold: Hold
    picture: HeldPicture
    held: Held

    def told(self, canvas: Size) -> Held:
        """Return what is said of it where it lies on this canvas."""
        top, left = self.picture.corner(canvas)
        if self.held.way is Way.PAINTED:
            return self.held
        return dataclasses.replace(self.held, left=left, top=top)


def grown(path: Path, at: At, trained: Trained) -> HeldPicture:
    """Return a picture file that is to grow; raises DataError or SettingsError where it cannot."""
    preprocess = trained.recipe.preprocess
    picture = taken(path, trained.model, preprocess)
    if not picture.known.any():
        raise SettingsError(f"{path.name} is transparent all over.", "Choose another picture.")
    pixels = upright(lit(picture, picture.known, preprocess))
    return HeldPicture(pixels, picture.known, trained.to_model(planes(pixels)), at)


def growing(path: Path, at: At, trained: Trained) -> Holding:
    """Return a picture held at a place of a larger canvas."""
    if not trained.model.any_size:
        raise SettingsError(
            "This model dreams at one size only and cannot grow a picture.",
            "Use a texture model, or a convolutional one.",
        )
    return Holding(Hold(str(path), at), grown(path, at, trained), Held(Way.GROWN, str(path), digest(path)))


def healing(images: ImageSet | None, hole: Hole, trained: Trained) -> Holding:
    """Return the exemplar held around its hole, which is in its centre where ALPHA finds nothing transparent."""
    if not is_large(trained.model, trained.recipe.preprocess):
        raise SettingsError("This model learns whole pictures and has no exemplar to heal.", "Use a texture model.")
    path = exemplar_file(images)
    subject = subject_of(path, None if hole is Hole.ALPHA else hole, trained, default=Hole.CENTRE)
    picture = HeldPicture(subject.covered, ~subject.hole, trained.to_model(planes(subject.covered)), framed=True)
    held = Held(Way.FILLED, str(path), digest(path), hole=subject.held)
    return Holding(Hold(hole=Hole(subject.held)), picture, held)


def whole_picture(path: str, index: int, images: ImageSet | None, trained: Trained) -> Holding:
    """Return a picture that is the whole canvas, to be painted on: a file, or one of the pictures at hand.

    Raises
    ------
    DataError
        When the file cannot be used, or no picture of the model's is at hand.
    """
    if not path and is_large(trained.model, trained.recipe.preprocess):
        return _exemplar(index, images, trained)
    if not path:
        return _at_hand(index, images, trained)
    found = grown(Path(path), At.CENTRE, trained)
    picture = dataclasses.replace(found, framed=True)
    return Holding(Hold(path, whole=True), picture, Held(Way.PAINTED, path, digest(Path(path))))


def _exemplar(index: int, images: ImageSet | None, trained: Trained) -> Holding:
    if images is None or not images.exemplars or images.shape[0] != trained.model.shape[0]:
        raise DataError("There is no exemplar at hand.", "Drop the model's picture on the window.")
    place = index % len(images.exemplars)
    pixels, known = upright(images.exemplars[place]), images.known[place]
    picture = HeldPicture(pixels, known, trained.to_model(planes(pixels)), framed=True)
    return Holding(Hold(whole=True, index=index), picture, Held(Way.PAINTED, ""))


def _at_hand(index: int, images: ImageSet | None, trained: Trained) -> Holding:
    if images is None or not len(images) or images.shape != trained.model.shape:
        raise DataError("The model's pictures are not at hand.", "Drop them on the window, or choose a picture file.")
    place = index % len(images)
    pixels = upright(images.pixels[place])
    everywhere = np.ones(pixels.shape[:2], np.bool_)
    picture = HeldPicture(pixels, everywhere, trained.to_model(planes(pixels)), framed=True)
    name = images.names[place] if place < len(images.names) else ""
    return Holding(Hold(whole=True, index=index), picture, Held(Way.PAINTED, Path(name).name))


def exemplar_file(images: ImageSet | None) -> Path:
    """Return the file of the first large picture; raises DataError where there is none."""
    if images is None or not images.exemplars:
        raise DataError("There is no exemplar at hand.", "Drop the model's picture on the window.")
    used = {verdict.name for verdict in images.verdicts if verdict.used}
    found = find(images.spec)
    files = [file.path for file in found.files if file.name in used]
    if found.stacks or not files:
        raise DataError("The exemplar is not a picture file.", "Save it as a PNG, and learn from that.")
    return files[0]


def planes(picture: Values) -> Values:
    """Return one (H, W, C) picture as (1, C, H, W)."""
    return np.ascontiguousarray(np.moveaxis(picture, 2, 0))[None]
