"""What is painted is held exactly, begins anew where it is a hole, and can be taken back."""

from __future__ import annotations

import dataclasses
import itertools

import numpy as np
import pytest
import torch
from torch import Tensor

from studio.dream.coverage import touched
from studio.dream.held_picture import HeldPicture
from studio.dream.painting import MOST_PAINTED, Painting, colour_in, unpacked
from studio.dream.settings import Seamless
from studio.dream.strokes import Brush, Form, Seen, Stroke
from studio.errors import SettingsError
from studio.models.filling import Values
from tests.unit.dream.test_player_holds import SIZE, Stage

BOX = ((8.0, 6.0, 1.0), (20.0, 18.0, 1.0))
ROWS, COLUMNS = slice(6, 18), slice(8, 20)


def to_model(pictures: Values) -> Tensor:
    return torch.from_numpy(pictures * 4 - 2)


def picture(size: tuple[int, int] = SIZE, channels: int = 1) -> Values:
    return np.random.default_rng(1).random((*size, channels), np.float32)


def framed(values: Values) -> HeldPicture:
    planes = np.ascontiguousarray(np.moveaxis(values, 2, 0))[None]
    return HeldPicture(values, np.ones(values.shape[:2], np.bool_), to_model(planes), framed=True)


def painting(values: Values | None = None) -> Painting:
    return Painting(None if values is None else framed(values), SIZE, 1, to_model)


def box(brush: Brush, **more: object) -> Stroke:
    return Stroke(brush, Form.RECTANGLE, BOX, **more)  # type: ignore[arg-type]  # one field each


def test_a_hole_is_free_and_drawn_anew_and_the_eraser_brings_it_back() -> None:
    values = picture()
    made = painting(values)
    anew = made.paint(box(Brush.HOLE))
    assert anew is not None
    assert np.array_equal(anew, made.hole)
    assert made.hole[ROWS, COLUMNS].all()
    assert made.hole.sum() == 144
    assert made.truth is not None
    assert made.paint(Stroke(Brush.ERASER, Form.ALL)) is None
    assert made.known.all()
    assert np.array_equal(made.picture, values)


def test_colours_are_held_in_the_picture_and_in_model_space() -> None:
    made = painting()
    assert not made.known.any()
    made.paint(box(Brush.COLOUR, colour=(0.5, 0.5, 0.5)))
    assert made.known.sum() == 144
    assert np.allclose(made.picture[ROWS, COLUMNS], 0.5)
    assert torch.allclose(made.seen[0, 0, ROWS, COLUMNS], torch.zeros(()), atol=1e-6)
    assert made.truth is None
    made.paint(box(Brush.FREE))
    assert not made.known.any()


def test_grey_pictures_get_the_brightness_of_a_colour() -> None:
    stroke = Stroke(Brush.COLOUR, colour=(1.0, 0.0, 0.0))
    assert np.array_equal(colour_in(stroke, 3), np.array((1, 0, 0), np.float32))
    assert colour_in(stroke, 1) == pytest.approx(0.2126)


def test_what_is_seen_is_held_where_there_is_no_picture_and_the_picture_where_there_is() -> None:
    seen, values = picture(), picture() * 0.5
    bare = painting()
    bare.paint(box(Brush.PICTURE, seen=Seen(seen)))
    assert np.allclose(bare.picture[ROWS, COLUMNS], seen[ROWS, COLUMNS], atol=1e-4)
    assert bare.known.sum() == 144
    over = painting(values)
    over.paint(Stroke(Brush.HOLE, Form.ALL))
    over.paint(box(Brush.PICTURE, seen=Seen(seen)))
    assert np.array_equal(over.picture[ROWS, COLUMNS], values[ROWS, COLUMNS])
    assert over.known.sum() == 144


def test_what_is_seen_is_packed_to_what_a_stroke_holds_and_holds_the_same_to_the_bit() -> None:
    seen, stroke = Seen(picture()), box(Brush.PICTURE)
    stroke = dataclasses.replace(stroke, seen=seen)
    other = dataclasses.replace(stroke, seen=seen.again())
    before = painting()
    before.paint(stroke)
    seen.pack(touched(stroke, before.size).whole(before.size))
    assert seen.packed is not None
    assert other.seen is not None
    assert other.seen.packed is None
    unpacked.cache_clear()
    after = painting()
    after.paint(stroke)
    assert np.array_equal(after.picture, before.picture)
    assert np.array_equal(after.known, before.known)
    whole = Seen(picture())
    whole.pack(np.ones(before.size, np.bool_))
    assert whole.packed is not None
    assert len(seen.packed) < len(whole.packed)
    assert np.array_equal(whole.pixels(), other.seen.pixels())


def test_shaking_moves_only_what_is_free() -> None:
    made = painting(picture())
    made.paint(box(Brush.HOLE))
    anew = made.paint(Stroke(Brush.NOISE, Form.ALL))
    assert anew is not None
    assert np.array_equal(anew, made.hole)


def test_strokes_painted_again_lead_to_the_same_and_tell_what_became_free() -> None:
    strokes = (
        box(Brush.HOLE),
        Stroke(Brush.COLOUR, points=((2.0, 2.0, 1.0), (25.0, 20.0, 0.6)), size=6, hardness=0.5, colour=(0.2, 0.2, 0.2)),
        Stroke(Brush.ERASER, Form.NAMED, words="left"),
    )
    values = picture()
    made, again = painting(values), painting(values)
    for stroke in strokes:
        made.paint(stroke)
    freed = again.repaint(strokes)
    assert np.array_equal(freed, made.hole)
    assert np.array_equal(made.known, again.known)
    assert np.array_equal(made.picture, again.picture)
    assert torch.equal(made.seen, again.seen)
    assert not again.repaint(()).any()
    assert again.known.all()


def test_a_line_led_on_is_the_line_drawn_at_once() -> None:
    points = ((3.0, 3.0, 1.0), (15.0, 12.0, 1.0), (27.0, 4.0, 0.5))
    whole, led = painting(picture()), painting(picture())
    whole.paint(Stroke(points=points, size=5))
    led.paint(Stroke(points=points[:1], size=5))
    for first, second in itertools.pairwise(points):
        led.extend(Stroke(points=(first, second), size=5))
    assert np.array_equal(whole.known, led.known)
    assert led.strokes == whole.strokes


def test_a_filter_that_whitens_never_sees_what_lies_in_the_hole() -> None:
    values = picture()
    other = values.copy()
    other[ROWS, COLUMNS] = 1 - other[ROWS, COLUMNS]
    seen = []
    for below in (values, other):
        made = Painting(framed(below), SIZE, 1, to_model, pointwise=False)
        made.paint(box(Brush.HOLE))
        seen.append(made.seen)
    assert torch.equal(seen[0], seen[1])


def test_a_canvas_too_large_says_so() -> None:
    side = int(MOST_PAINTED**0.5) + 1
    with pytest.raises(SettingsError, match="too large to be painted on"):
        Painting(None, (side, side), 1, to_model)


def test_the_dream_holds_what_is_painted_exactly_and_changes_the_hole() -> None:
    stage = Stage(seamless=Seamless.NONE)
    values = picture()
    stage.player.restart(held=framed(values))
    made = Painting(stage.held(), SIZE, 1, to_model)
    anew = made.paint(box(Brush.HOLE))
    assert anew is not None
    stage.player.paint(made, torch.from_numpy(anew))
    shown = stage.shown()
    seen = made.seen[0, 0].numpy()
    assert np.array_equal(shown[made.known], seen[made.known])
    assert np.abs(shown[made.hole] - seen[made.hole]).min() > 0  # drawn anew before the first sweep
    for _ in range(3):
        stage.player.sweep_once()
    after = stage.shown()
    assert np.array_equal(after[made.known], seen[made.known])
    assert not np.array_equal(after[made.hole], shown[made.hole])
    assert not stage.exact()


def test_what_is_painted_stays_through_restarts_and_goes_when_set_free() -> None:
    stage = Stage()
    made = Painting(None, SIZE, 1, to_model)
    made.paint(box(Brush.COLOUR, colour=(0.9, 0.9, 0.9)))
    stage.player.paint(made)
    seen = float(made.seen[0, 0, 8, 10])
    for step in (stage.player.restart, stage.player.sweep_once, lambda: stage.change(seed=3)):
        step()
        assert np.all(stage.shown()[ROWS, COLUMNS] == np.float32(seen))
    stage.player.release()
    stage.player.sweep_once()
    assert not np.any(stage.shown()[ROWS, COLUMNS] == np.float32(seen))
    assert stage.player.painting is None


def test_a_larger_canvas_keeps_what_is_painted() -> None:
    stage = Stage()
    made = Painting(None, SIZE, 1, to_model)
    made.paint(box(Brush.COLOUR, colour=(0.9, 0.9, 0.9)))
    stage.player.paint(made)
    stage.player.sweep_once()
    stage.change(width=36, height=30)
    assert made.size == (30, 36)
    assert made.known.sum() == 144
    shown = stage.shown()
    assert shown.shape == (30, 36)
    assert np.all(shown[ROWS, COLUMNS] == np.float32(made.seen[0, 0, 8, 10]))


def test_what_is_put_back_is_exact() -> None:
    values = picture()
    made = painting(values)
    made.paint(box(Brush.HOLE))
    dreamt = np.zeros((2, *SIZE, 1), np.float32)
    found = made.put_back(dreamt)
    assert np.array_equal(found[1][made.known], values[made.known])
    assert not found[:, ROWS, COLUMNS].any()


def test_going_back_brings_back_what_was_painted_then() -> None:
    stage = Stage(seamless=Seamless.NONE)
    values = picture()
    stage.player.restart(held=framed(values))
    made = Painting(stage.held(), SIZE, 1, to_model)
    anew = made.paint(box(Brush.HOLE))
    assert anew is not None
    stage.player.paint(made, torch.from_numpy(anew))
    stage.player.sweep_once()
    scene, known = stage.player.scene(), made.known.copy()
    stage.player.sweep_once()
    then = stage.shown()
    made.paint(Stroke(Brush.COLOUR, Form.ALL, colour=(0.9, 0.9, 0.9)))
    stage.player.paint(made)
    stage.player.sweep_once()
    assert scene.painting is not None
    assert np.array_equal(scene.painting.known, known)
    stage.player.go_back(scene)
    stage.player.sweep_once()
    assert np.array_equal(stage.shown(), then)
    back = stage.player.painting
    assert back is not None
    assert back.strokes == (box(Brush.HOLE),)
    back.paint(Stroke(Brush.ERASER, Form.ALL))
    assert np.array_equal(scene.painting.known, known)
