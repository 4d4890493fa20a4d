"""What the compute thread does for whoever takes something away: films, batches, maps, the picture itself."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from studio.data.memory import free_bytes
from studio.data.png import Levels
from studio.dream.large import dream
from studio.dream.player import Player
from studio.dream.record import forked, recorded
from studio.dream.settings import DreamSettings
from studio.dream.take import Alpha, Take, check_take
from studio.errors import SettingsError
from studio.jobs.stepwise import Stepwise
from studio.models.altered import UNALTERED
from studio.models.build import build_alike, load_weights, weights_of
from studio.models.chain import Controls, GibbsChain
from studio.project.archive import read_project
from studio.project.batch import Batch, unique_names
from studio.project.batch_dreams import Entry, dreamt
from studio.project.hashing import model_hash
from studio.project.map_files import MapWish
from studio.project.picture_recipe import PictureRecipe
from studio.project.pixel_maps import check_map_room, check_maps, taken_maps
from studio.project.shown import PutBack, alpha_of, each, shown_by, unchanged
from studio.project.trained import Trained, open_trained
from studio.session.answers import DreamPicture, FilmTaken
from studio.session.task_queue import Task
from studio.session.workshop import Workshop

Cancelled = Callable[[], bool]


def picture(workshop: Workshop, path: Path, alpha: Alpha) -> DreamPicture:
    """Return the dream as one picture; raises SettingsError where there is no mask to be transparent by."""
    found = workshop.dream_now(path)
    chain = workshop.player.chain
    return found if chain is None else dataclasses.replace(found, alpha=alpha_of(chain, alpha))


def film(workshop: Workshop, number: int, name: str, take: Take, cancelled: Cancelled) -> None:
    """Record frames of the dream as it would go on from now with its present settings, beside the dream itself."""
    chain, trained = at_hand(workshop)
    put_back = putting_back(workshop.player, chain)
    first = shown_by(chain, trained, workshop.player.settings.show, put_back)
    check_take(take, first.shape[1], first.shape[0], first.shape[2], free_bytes())
    work = filmed(workshop, forked(chain), trained, take, put_back)
    workshop.tasks.add(Task(number, name, "sweeps", work, cancelled))


def filmed(
    workshop: Workshop, chain: GibbsChain, trained: Trained, take: Take, put_back: PutBack
) -> Stepwise[FilmTaken]:
    settings, sweeps, exact = workshop.player.settings, chain.sweeps, workshop.player.exact
    held, before = workshop.canvas().held, fingerprint(workshop)

    def look(now: GibbsChain) -> NDArray[np.float32]:
        return shown_by(now, trained, settings.show, put_back)

    frames: Levels = yield from recorded(chain, look, take)
    exact = exact and fingerprint(workshop) == before
    return FilmTaken(frames, settings, sweeps, before, exact, held)


def maps(
    workshop: Workshop, number: int, name: str, wish: MapWish, made: PictureRecipe, cancelled: Cancelled
) -> tuple[int, PictureRecipe]:
    """Make maps of the dream as it stands now; returns how many filters there are, and the recipe of the dream."""
    chain, trained = at_hand(workshop)
    if wish.ids or wish.filters:
        check_maps(trained)
        check_map_room(chain, trained, free_bytes())
    if chain.count > 1:
        raise SettingsError("Maps are those of one chain.", "Choose one chain.")
    settings = workshop.player.settings
    seen = shown_by(chain, trained, settings.show, putting_back(workshop.player, chain))
    deliver = partial(workshop.tasks.deliver, number, name)
    work = taken_maps(forked(chain), trained, seen, wish, deliver)
    workshop.tasks.add(Task(number, name, "maps", work, cancelled))
    recipe = dataclasses.replace(
        made, dream=settings, sweeps=chain.sweeps, model_hash=fingerprint(workshop), held=workshop.canvas().held
    )
    return trained.model.layers()[0][1], recipe


def batch(
    workshop: Workshop,
    number: int,
    name: str,
    wanted: Batch,
    called: str,
    models: tuple[Path, ...],
    made: PictureRecipe,
    cancelled: Cancelled,
) -> bool:
    """Dream a batch by the model as it is now, which is `called` so, and by those of other projects.

    Returns whether the recipes lead to the same pixels: they do not say how units are mixed.
    """
    playing, trained = at_hand(workshop)[0], apart(workshop)
    start, put_back = workshop.player.start_picture, putting_back(workshop.player, playing)
    played = playing.controls
    recipe = dataclasses.replace(made, model_hash=fingerprint(workshop), held=workshop.canvas().held)

    def begin(of: Trained, settings: DreamSettings) -> GibbsChain:
        memory = free_bytes() if of.device == "cpu" else None
        channels = of.recipe.preprocess.channels
        chain = dream(of.model, channels, settings, of.device, 0, memory=memory, picture=start)
        return as_played(chain, played) if of is trained else chain

    def entry(of: Trained, known_as: str, recipe: PictureRecipe) -> Entry:
        return Entry(known_as, of, partial(begin, of), recipe, put_back if of is trained else unchanged)

    def work() -> Stepwise[int]:
        names = unique_names([called, *(path.stem for path in models)])
        entries = [entry(trained, names[0], recipe)]
        for other_name, path in zip(names[1:], models, strict=True):
            project = read_project(path)
            other = open_trained(project, trained.device)
            other_recipe = dataclasses.replace(
                recipe, recipe=project.recipe, model_hash=model_hash(project.weights), altered=UNALTERED
            )
            entries.append(entry(other, other_name, other_recipe))
        return (yield from dreamt(wanted, entries, partial(workshop.tasks.deliver, number, name)))

    workshop.tasks.add(Task(number, name, "sweeps", work(), cancelled))
    return played.gain is None and played.hold is None and not played.part_temperatures


def as_played(chain: GibbsChain, played: Controls) -> GibbsChain:
    """Return a chain that holds what is held under the canvas, its units mixed as there."""
    chain.controls = dataclasses.replace(
        chain.controls,
        wrap=played.wrap,
        gain=played.gain,
        hold=played.hold,
        part_temperatures=played.part_temperatures,
    )
    if played.mask is not None:
        if tuple(played.mask.shape[-2:]) != chain.size:
            raise SettingsError("What is held lies on a canvas of another size.", "Ask for the batch again.")
        chain.clamp(played.known, played.mask)
    return chain


def at_hand(workshop: Workshop) -> tuple[GibbsChain, Trained]:
    chain, trained = workshop.player.chain, workshop.trained
    if chain is None or trained is None:
        raise SettingsError("There is no dream to take away yet.", "Press Start, or open a project.")
    return chain, trained


def apart(workshop: Workshop) -> Trained:
    """Return the model at hand as it is now: a run that goes on would change it between two dreams."""
    _, trained = at_hand(workshop)
    model = build_alike(trained.model)
    load_weights(model, weights_of(trained.model))
    return dataclasses.replace(trained, model=model.to(trained.device))


def putting_back(player: Player, chain: GibbsChain) -> PutBack:
    """Return what puts the pixels that are held, or not painted over, back exactly as they were."""
    if player.painting is not None:
        return player.painting.kept().put_back
    return unchanged if player.held is None else each(player.held.seed(chain.size).put_back)


def fingerprint(workshop: Workshop) -> str:
    """Return the hash of the trained model: what is done to a copy of it stands in the recipe."""
    return model_hash(weights_of(workshop.learned.model)) if workshop.learned is not None else ""
