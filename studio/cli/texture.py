"""harmonium texture: from one photograph to a seamless tile, in one line."""

from __future__ import annotations

import argparse
import dataclasses
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from studio.cli.options import (
    add_device,
    add_json,
    add_seed,
    add_settings,
    count,
    dataset,
    output,
    require_used,
    seconds,
    with_settings,
)
from studio.cli.playing import (
    SEAMLESS,
    add_canvas,
    add_lean,
    check_materials,
    dreamt,
    explained,
    judged,
    leaning,
    require_room,
    require_sheet,
    require_spared,
    save,
    save_variants,
    seen,
    variants,
)
from studio.cli.progress import ProgressLine
from studio.cli.report import print_json
from studio.cli.train import saved, train
from studio.data.imageset import ImageSet
from studio.data.load import load
from studio.data.memory import free_bytes
from studio.data.peek import peek
from studio.data.room import least_scale
from studio.data.scale import propose_scale
from studio.data.sources import find
from studio.dream.settings import Blend, DreamSettings
from studio.errors import DataError, SettingsError
from studio.models.spec import TiledSpec
from studio.project.hashing import model_hash
from studio.project.locate import absolute
from studio.project.picture_recipe import PictureRecipe
from studio.project.presets import preset
from studio.project.recipe import Recipe

SWEEPS = 1_000
GREY, COLOURED = "texture-fast", "texture-colour"


def add(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = verbs.add_parser(
        "texture",
        help="learn one photograph and save a seamless tile",
        description="Learn the material in a photograph and dream a seamless tile of any size from it.",
    )
    parser.add_argument(
        "photo",
        nargs="+",
        metavar="PHOTO",
        help="one photograph or a few; of one material, unless they are mixed",
    )
    parser.add_argument("-o", "--out", required=True, metavar="PNG", help="where to save the tile")
    parser.add_argument("--preset", metavar="NAME", help=f"default: {GREY}, or {COLOURED} for a coloured photograph")
    parser.add_argument("--seconds", type=seconds, metavar="S", help="how long to learn (default: the preset's time)")
    parser.add_argument("--scale", type=float, metavar="S", help="resize the photograph first (default: proposed)")
    parser.add_argument("--sweeps", type=count, default=SWEEPS, metavar="N", help=f"Gibbs sweeps (default: {SWEEPS})")
    parser.add_argument("--variants", type=count, default=1, metavar="K", help="save K tiles that fit each other")
    parser.add_argument("--keep", metavar="FILE", help="also save the trained model, *.harmonium")
    add_canvas(parser)
    add_lean(parser)
    add_settings(parser)
    add_device(parser)
    add_seed(parser, default=0)
    add_json(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    out = output(arguments.out, (".png",))
    keep = output(arguments.keep, (".harmonium",)) if arguments.keep else None
    recipe = chosen(arguments)
    settings = dream_of(arguments)
    photos = [photo.path for photo in find(recipe.data).files]
    require_spared(out, arguments, [*photos, Path(settings.blend_picture)])

    import torch

    from studio.project.trained import open_trained

    with ProgressLine(quiet=arguments.json) as line:
        images = load(recipe.data, recipe.preprocess)
        model, mixed = recipe.model, arguments.lean is not None or arguments.blend is not None
        assert isinstance(model, TiledSpec)
        if mixed:
            require_all(arguments.photo, images)
            model = dataclasses.replace(model, textures=len(images.exemplars))
            recipe = dataclasses.replace(recipe, model=model)
            check_materials(model.textures, settings.lean)
        check_tiles(recipe, settings, arguments)
        if not scale_given(arguments):
            # Several materials have one scale, at which none of them may be too small.
            least = max(least_scale(known, recipe.preprocess) for known in images.known[: None if mixed else 1])
            proposal = propose_scale(images.exemplars[0], model.multiple, least)
            if proposal.scale != 1:
                line.say(proposal.sentence)
                scaled = dataclasses.replace(recipe.preprocess, patch_scale=proposal.scale)
                recipe = dataclasses.replace(recipe, preprocess=scaled)
                images = load(recipe.data, recipe.preprocess)
        for verdict in images.skipped[:10]:
            line.say(f"skipped {verdict.name}: {verdict.reason}")
        project, record, _ = train(recipe, images, arguments.device, None, line)
        if keep is not None:
            saved(keep, project)
        trained = open_trained(project, record.device)
        with torch.no_grad(), explained(record.device):
            chain = dreamt(trained, settings, arguments.sweeps, line)
            pixels = seen(chain, trained, settings.show)
            made = PictureRecipe(project.recipe, model_hash(project.weights), settings, chain.sweeps)
            line.clear()
            save(out, pixels, made, arguments)
            others = variants(trained, settings, chain, arguments.variants, arguments.sweeps, line)
            save_variants(out, others, made, arguments)
    print(judged(pixels, settings.seamless.wrap(trained.model.own_wrap)))
    if arguments.json:
        report = {"file": str(out), "steps": record.steps, "seconds": round(record.seconds, 2)}
        print_json({**report, "looks_done_seconds": record.looks_done})
    return 0


def require_all(photos: Sequence[str], images: ImageSet) -> None:
    """Raise DataError where a photograph that should be a material is none: those after it would take its number."""
    named = {Path(photo).name for photo in photos}
    for verdict in images.skipped:
        if Path(verdict.name).name in named:
            raise DataError(f"{verdict.name} cannot be a material: {verdict.reason}.", "Leave it out, or enlarge it.")


def check_tiles(recipe: Recipe, settings: DreamSettings, arguments: argparse.Namespace) -> None:
    """Raise StudioError, before anything is learned, where the tiles that are asked for could not be made."""
    from studio.dream.begin import size_of
    from studio.dream.large import check_memory
    from studio.models.build import build_model

    model = build_model(recipe.model, recipe.preprocess.shape)
    require_room(model, settings, arguments.variants)
    require_sheet(model, recipe.preprocess.channels, settings, arguments)
    textures = model.textures if settings.blend is not Blend.NONE else 0
    check_memory(model, recipe.preprocess.channels, size_of(model, settings), settings.chains, free_bytes(), textures)


def scale_given(arguments: argparse.Namespace) -> bool:
    """Tell whether the options say at which scale to learn."""
    named = {pair.partition("=")[0].strip().rpartition(".")[2] for pair in arguments.settings}
    return arguments.scale is not None or "patch_scale" in named


def dream_of(arguments: argparse.Namespace) -> DreamSettings:
    width, height = arguments.size or (0, 0)
    plain = DreamSettings(seed=arguments.seed, width=width, height=height, seamless=SEAMLESS[arguments.seamless])
    given: dict[str, Any] = leaning(arguments)
    return dataclasses.replace(plain, **given)


def chosen(arguments: argparse.Namespace) -> Recipe:
    """Return the recipe that the options ask for; raises SettingsError for a preset of another family."""
    photos = dataset(arguments.photo)
    name = arguments.preset or (COLOURED if peek(photos).colour else GREY)
    recipe = preset(name).apply(Recipe())
    if not isinstance(recipe.model, TiledSpec):
        raise SettingsError(f"The preset {name} is not a texture preset.", f"Try {GREY} or {COLOURED}.")
    training = dataclasses.replace(recipe.training, seed=arguments.seed)
    if arguments.seconds is not None:
        training = dataclasses.replace(training, seconds=arguments.seconds, steps=0, planned_steps=0)
    preprocess = recipe.preprocess
    if arguments.scale is not None:
        preprocess = dataclasses.replace(preprocess, patch_scale=arguments.scale)
    recipe = dataclasses.replace(recipe, data=absolute(photos), training=training, preprocess=preprocess)
    recipe = with_settings(recipe, arguments.settings)
    require_used(recipe, arguments.settings)
    return recipe
