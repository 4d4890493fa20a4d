"""The figures of dreams against pictures, and of what an autoencoder mends and gives back."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from studio.cli.report import Figure
from studio.cli.subject import Subject
from studio.data.picture import write_png
from studio.errors import DataError, SettingsError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from studio.lab.discrepancy import Discrepancy
    from studio.models.latent_rbm import LatentRbm
    from studio.project.trained import Trained

    Pixels = NDArray[np.uint8]
    Values = NDArray[np.float32]

DREAMS = 200
MOST = 2_000  # learned or unseen pictures to compare with
COPY = 0.5  # nearer than this to a training picture, in their own distances, is a copy
SHEET = 12  # pairs on the sheet of nearest pictures


def samples_figures(subject: Subject) -> dict[str, Figure]:
    """Discrepancy of dreams from pictures, beside training pictures, independent codes and another project's dreams."""
    from studio.lab.discrepancy import compared, nearest
    from studio.models.latent_rbm import LatentRbm

    trained, asked = subject.trained, subject.asked
    learned, unseen = (shown(spread_over(pixels)) for pixels in split(subject))
    alone = len(unseen) >= asked.fewest
    wanted = unseen if alone else np.concatenate([learned, unseen])
    dreams = dreams_of(trained, subject, "dreams")
    found = {"": compared(dreams, wanted, asked.seed)}
    if alone:
        found["_training"] = compared(learned, wanted, asked.seed)
    if isinstance(trained.model, LatentRbm) and trained.model.rbm is not None:
        found["_independent"] = compared(independent(trained, trained.model, learned, asked.seed), wanted, asked.seed)
    if subject.beside is not None:
        found["_rbm"] = compared(dreams_of(subject.beside, subject, "dreams of the other"), wanted, asked.seed)
    figures = {f"samples.mmd{name}": mmd_figure(name, found) for name in found}
    own = found[""]
    figures |= {
        "samples.mmd_low": Figure(own.low, ""),
        "samples.mmd_high": Figure(own.high, ""),
        "samples.mmd_colours": Figure(own.colours, ""),
        "samples.mmd_shapes": Figure(own.shapes, ""),
    }
    places, distances = nearest(dreams, learned)
    figures["samples.nearest"] = Figure(float(np.median(distances)), "of the pictures' own")
    figures["samples.copies"] = Figure(float((distances < COPY).mean()), "of dreams")
    kind = "held out" if subject.own else "of --data"
    figures["samples.pictures"] = Figure(len(wanted), kind if alone else f"learned and {kind}")
    if asked.sheet is not None:
        keep_sheet(asked.sheet, dreams[:SHEET], learned[places[:SHEET]])
    return figures


def mmd_figure(name: str, found: dict[str, Discrepancy]) -> Figure:
    """Return one discrepancy; ours is held against that of the plain RBM, or of independent codes."""
    value = found[name].mean
    other = next((found[key].mean for key in ("_rbm", "_independent") if not name and key in found), None)
    return Figure(value, "", other, value / other if other is not None and other > 0 else None)


def dreams_of(trained: Trained, subject: Subject, words: str) -> Values:
    """Return dreams from noise, the mean of each chain after its sweeps: (n, H, W, C)."""
    from studio.models.chain import GibbsChain
    from studio.models.filling import in_groups, part, swept
    from studio.models.noise import Noise

    size = trained.model.own_size
    groups = in_groups(DREAMS, size)
    made = []
    for index, count in enumerate(groups):
        chain = GibbsChain(trained.model, count, Noise(subject.asked.seed + index, trained.device))
        tell = part(lambda done, total: subject.line.show_count(words, done, total), index, len(groups))
        made.append(trained.to_pictures(swept(chain, subject.asked.sweeps, tell).mean()))
    return np.concatenate(made)


def independent(trained: Trained, model: LatentRbm, learned: Values, seed: int) -> Values:
    """Return pictures of codes whose numbers are drawn each by itself from those of the learned pictures."""
    import torch

    from studio.project.codes import decoded

    codes = model.autoencoder.encode(trained.to_model(np.moveaxis(learned, 3, 1))).cpu().numpy()
    rng = np.random.default_rng(seed)
    drawn = np.stack([column[rng.integers(0, len(codes), DREAMS)] for column in codes.T], axis=1)
    return decoded(trained, torch.from_numpy(np.ascontiguousarray(drawn)).to(trained.device))


def split(subject: Subject) -> tuple[Pixels, Pixels]:
    """Return learned pictures and unseen ones, each (n, C, H, W); other pictures than the project's are all unseen."""
    recipe = subject.trained.recipe
    if recipe.preprocess.crops:
        raise DataError("This model has learned crops, not whole pictures.", "Judge it by --texture.")
    images = subject.learned
    learned = images.pixels[images.training()]
    if subject.own:
        return learned, images.pixels[images.held_out]
    return learned, subject.others.pixels


def spread_over(pixels: Pixels) -> Pixels:
    """Return at most `MOST` of the pictures: they are compared in pairs."""
    if len(pixels) <= MOST:
        return pixels
    return pixels[np.linspace(0, len(pixels) - 1, MOST).astype(np.int64)]


def shown(pixels: Pixels) -> Values:
    """Return pictures (n, C, H, W) as (n, H, W, C) in 0..1."""
    return np.ascontiguousarray(np.moveaxis(pixels, 1, 3), np.float32) / np.float32(255)


def keep_sheet(path: Path, dreams: Values, nearest: Values) -> None:
    """Save dreams above, the learned picture nearest to each below."""
    rows = [np.concatenate(list(part), axis=1) for part in (dreams, nearest)]
    write_png(path, np.concatenate(rows))


def denoise_figures(subject: Subject) -> dict[str, Figure]:
    """Median PSNR of corrupted unseen pictures, and of what the autoencoder makes of them."""
    import dataclasses

    import torch

    from studio.models.autoencoder import COVERED
    from studio.models.code_spec import Corruption
    from studio.models.noise import Noise
    from studio.training.corruption import corrupted

    trained = subject.trained
    model = autoencoder(subject)
    spec = model.spec
    if spec.corruption is Corruption.NONE:
        spec = dataclasses.replace(spec, corruption=Corruption.MASKING)
    clean = unseen_pictures(subject)
    noise = Noise(subject.asked.seed, trained.device)
    before, after = [], []
    for pictures in torch.from_numpy(clean).to(trained.device).tensor_split(tuple(range(100, len(clean), 100))):
        damaged, known = corrupted(pictures, spec.corruption, spec.level, noise)
        made = model.autoencoder.reconstruct(damaged, known)
        if known is not None:
            damaged = torch.where(known > 0, damaged, COVERED)
        before += decibels(pictures, damaged)
        after += decibels(pictures, made)
    gain = np.subtract(after, before)
    return {
        "denoise.gain_db": Figure(float(np.median(gain)), "dB", 4.0, float(np.median(gain)) / 4.0),
        "denoise.psnr": Figure(float(np.median(after)), "dB", float(np.median(before))),
        "denoise.level": Figure(spec.level, str(spec.corruption)),
        "denoise.pictures": Figure(len(clean), ""),
    }


def reconstruction_figures(subject: Subject) -> dict[str, Figure]:
    """Mean squared error a picture and median PSNR of unseen pictures and what the code keeps of them."""
    import torch

    model = autoencoder(subject)
    clean = torch.from_numpy(unseen_pictures(subject)).to(subject.trained.device)
    mean = model.mean_picture[None]
    errors, plain, ratios = [], [], []
    for pictures in clean.tensor_split(tuple(range(100, len(clean), 100))):
        made = model.autoencoder.reconstruct(pictures)
        errors += ((made - pictures) ** 2).flatten(1).sum(1).tolist()
        plain += ((mean - pictures) ** 2).flatten(1).sum(1).tolist()
        ratios += decibels(pictures, made)
    return {
        "reconstruction.squared_error": Figure(
            float(np.mean(errors)), "a picture", float(np.mean(plain)), float(np.mean(errors) / np.mean(plain))
        ),
        "reconstruction.psnr": Figure(float(np.median(ratios)), "dB"),
        "reconstruction.pictures": Figure(len(clean), ""),
    }


def autoencoder(subject: Subject) -> LatentRbm:
    from studio.models.latent_rbm import LatentRbm

    model = subject.trained.model
    if not isinstance(model, LatentRbm):
        raise SettingsError("This model has no autoencoder.", "Give a project of the autoencoder family.")
    return model


def unseen_pictures(subject: Subject) -> Values:
    """Return unseen pictures (n, C, H, W) in 0..1; raises DataError where there are none."""
    _, unseen = split(subject)
    if not len(unseen):
        raise DataError("No picture was held out.", "Give --data with pictures that were not learned.")
    return np.ascontiguousarray(unseen, np.float32) / np.float32(255)


def decibels(truth: object, made: object) -> list[float]:
    """Peak signal-to-noise ratio of each of n pictures in 0..1."""
    first, second = (np.asarray(part) for part in (truth, made))
    errors = ((first - second) ** 2).reshape(len(first), -1).mean(1)
    return [10 * math.log10(1 / max(float(error), 1e-10)) for error in errors]
