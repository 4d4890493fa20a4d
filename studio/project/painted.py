"""Painting on the canvas of a trained model while it dreams, and what is made of the holes."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence

import numpy as np
import torch

from studio.dream.blending import Blend, blended
from studio.dream.fill import one_pass
from studio.dream.painting import Painting, unpainted
from studio.dream.player import Player
from studio.dream.settings import Show
from studio.dream.strokes import Brush, Stroke
from studio.errors import SettingsError
from studio.jobs.fill_frames import FillFrame, PaintFrame, Score
from studio.jobs.frames import publish
from studio.lab.filled import closeness, make_ready
from studio.models.chain import Size
from studio.models.filling import Mask, Values
from studio.models.stamp import stamped
from studio.project.behind import behind
from studio.project.trained import Trained, pointwise

MOST_SCORED = 1 << 18  # pixels; larger canvases take too long to be compared twice a second
NO_CANVAS = SettingsError("There is no dream to paint on yet.", "Press Start, or open a project.")


def paint(trained: Trained, player: Player, stroke: Stroke, begins: bool) -> None:
    """Take a stroke, or the next part of the one under way."""
    painting = player.painting or _blank(trained, player)
    whole = stroke if begins or not painting.strokes else painting.strokes[-1]  # whose copies lie as it began
    stamp = _stamp(trained, whole, painting.size) if stroke.brush is Brush.FILTER else None
    anew = painting.paint(stroke) if begins or not painting.strokes else painting.extend(stroke)
    player.paint(painting, None if anew is None else torch.from_numpy(anew).to(trained.device), stamp)


def _stamp(trained: Trained, stroke: Stroke, size: Size) -> torch.Tensor:
    """Return the filter of a stroke all over the canvas, one of its copies where the stroke begins."""
    x, y, _ = stroke.points[0] if stroke.points else (0.0, 0.0, 1.0)
    return stamped(trained.model, stroke.unit, size, (int(y), int(x)))


def repaint(trained: Trained, player: Player, strokes: Sequence[Stroke]) -> None:
    """Paint these strokes in place of all that were painted, as undo asks for."""
    if player.painting is None and not strokes:
        return
    painting = player.painting or _blank(trained, player)
    anew = painting.repaint(strokes)
    player.paint(painting if strokes or painting.base is not None else None, torch.from_numpy(anew).to(trained.device))


def _blank(trained: Trained, player: Player) -> Painting:
    if player.chain is None:
        raise NO_CANVAS
    return Painting(
        player.held, player.chain.size, trained.model.shape[0], trained.to_model, pointwise(trained.transform)
    )


def paint_frame(player: Player) -> PaintFrame:
    """Return which pixels of the canvas are held."""
    chain, painting, held = player.chain, player.painting, player.held
    if chain is None or (painting is None and held is None):
        return PaintFrame()
    if painting is not None:
        known = painting.known.copy()
    else:
        assert held is not None
        known = np.zeros(chain.size, np.bool_)
        known[held.place(chain.size)] = held.known
    known.setflags(write=False)
    return PaintFrame(known)


@torch.no_grad()
def fill_frame(trained: Trained, player: Player, blend: Blend) -> FillFrame:
    """Return what the chains make of the hole, beside one upward pass; raises SettingsError where nothing is held."""
    chain = player.chain
    if chain is None:
        raise NO_CANVAS
    painting = player.painting
    truth = painting.truth if painting is not None and math.prod(chain.size) <= MOST_SCORED else None
    if truth is not None:
        make_ready()  # before the clock starts: looks are as far apart as one takes, and only the first would wait
    began = time.perf_counter()
    if painting is not None:
        picture, known = painting.arrays()
    else:
        picture, known = unpainted(player.held, chain.size, trained.model.shape[0])
    hole = ~known
    wrap = chain.controls.wrap
    covered = np.where(hole[..., None], behind(trained, picture, hole), picture).astype(np.float32)
    seen = trained.to_model(np.ascontiguousarray(np.moveaxis(covered, 2, 0))[None])
    passed = one_pass(trained.model, seen, hole, trained.mirrored, chain.controls.lean)
    upward = blended(picture, trained.to_pictures(passed, wrap)[0], hole, Blend.HARD)
    shown = chain.mean() if player.settings.show is Show.MEAN else chain.sample()
    variants = [blended(picture, one, hole, blend) for one in trained.to_pictures(shown, wrap)]
    every = np.stack(variants)
    mean = np.asarray(every.mean(0), np.float32)
    spread = np.asarray(np.sqrt(every.var(0).mean(-1)), np.float32)
    scored = truth if hole.any() else None
    score = None if scored is None else _score(scored, mean, hole)
    score_one_pass = None if scored is None else _score(scored, upward, hole)
    return FillFrame(
        covered=publish(covered),
        one_pass=publish(upward),
        mean=publish(mean),
        spread=publish(spread),
        variants=tuple(publish(one) for one in variants),
        sweep=chain.sweeps,
        seconds=time.perf_counter() - began,
        score=score,
        score_one_pass=score_one_pass,
    )


def _score(truth: Values, filled: Values, hole: Mask) -> Score:
    found = closeness(truth, filled, hole)
    return Score(found.psnr, found.ssim)
