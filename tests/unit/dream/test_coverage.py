"""Which pixels a stroke touches."""

from __future__ import annotations

import numpy as np
import pytest

from studio.dream.coverage import blocks, lettering, scaled, touched
from studio.dream.holes import Hole, named
from studio.dream.strokes import Form, PackedMask, Seen, Stroke
from studio.errors import SettingsError

SIZE = (40, 60)


def mask(stroke: Stroke) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    return touched(stroke, SIZE).whole(SIZE)


def test_a_dot_is_a_disc_of_its_diameter() -> None:
    found = mask(Stroke(points=((30.0, 20.0, 1.0),), size=20))
    y, x = np.indices(SIZE) + 0.5
    assert np.array_equal(found, np.hypot(x - 30, y - 20) <= 10)


def test_a_line_is_the_union_of_its_parts_and_pressure_is_its_width() -> None:
    points = ((5.0, 5.0, 1.0), (40.0, 10.0, 0.5), (50.0, 35.0, 0.25))
    whole = mask(Stroke(points=points, size=12))
    parts = mask(Stroke(points=points[:2], size=12)) | mask(Stroke(points=points[1:], size=12))
    assert np.array_equal(whole, parts)
    assert whole[:, 5].sum() == pytest.approx(11, abs=1)  # cut off by the border above
    assert whole[34].sum() < 6


def test_what_lies_beside_the_canvas_is_left_out() -> None:
    assert touched(Stroke(points=((-50.0, -50.0, 1.0),), size=10), SIZE).empty
    assert touched(Stroke(points=((500.0, 20.0, 1.0), (600.0, 20.0, 1.0)), size=10), SIZE).empty
    assert touched(Stroke(), SIZE).empty
    corner = mask(Stroke(points=((0.0, 0.0, 1.0),), size=10))
    assert corner[:5, :5].sum() == corner.sum() > 0


def test_a_soft_edge_is_scattered_the_same_way_each_time_and_a_core_stays_whole() -> None:
    hard = Stroke(points=((30.0, 20.0, 1.0),), size=30)
    soft = Stroke(points=((30.0, 20.0, 1.0),), size=30, hardness=0.4)
    found = mask(soft)
    assert np.array_equal(found, mask(soft))
    assert np.all(mask(hard)[found])
    assert mask(Stroke(points=((30.0, 20.0, 1.0),), size=12))[found == 0].sum() == 0
    rim = mask(hard) & ~mask(Stroke(points=((30.0, 20.0, 1.0),), size=13))
    assert 0.3 < found[rim].mean() < 0.7


def test_forms_span_their_points_whichever_corner_comes_first() -> None:
    there, back = ((10.0, 30.0, 1.0), (50.0, 5.0, 1.0)), ((50.0, 5.0, 1.0), (10.0, 30.0, 1.0))
    rectangle = mask(Stroke(form=Form.RECTANGLE, points=there))
    assert np.array_equal(rectangle, mask(Stroke(form=Form.RECTANGLE, points=back)))
    assert rectangle[5:30, 10:50].all()
    assert rectangle.sum() == 25 * 40
    ellipse = mask(Stroke(form=Form.ELLIPSE, points=there))
    assert ellipse.sum() == pytest.approx(np.pi / 4 * 25 * 40, rel=0.02)
    assert not np.any(ellipse & ~rectangle)
    lasso = mask(Stroke(form=Form.LASSO, points=((0.0, 0.0, 1.0), (59.0, 0.0, 1.0), (0.0, 39.0, 1.0))))
    assert lasso.mean() == pytest.approx(0.5, abs=0.03)
    assert mask(Stroke(form=Form.LASSO, points=there)).sum() == 0


def test_whole_holes() -> None:
    assert np.array_equal(mask(Stroke(form=Form.NAMED, words="left")), named(Hole.LEFT, SIZE))
    assert mask(Stroke(form=Form.ALL)).all()
    some = blocks(SIZE, 1)
    assert np.array_equal(some, blocks(SIZE, 1))
    assert not np.array_equal(some, blocks(SIZE, 2))
    assert 0.2 < some.mean() < 0.5
    word = lettering("heal\nme", SIZE)
    assert word.any()
    assert not word.all()
    assert not lettering("  ", SIZE).any()


def test_a_mask_is_packed_and_brought_to_the_size_of_the_canvas() -> None:
    half = named(Hole.TOP, (20, 30))
    packed = PackedMask.of(half)
    assert packed == PackedMask.of(half.copy())
    assert np.array_equal(packed.mask(), half)
    assert np.array_equal(mask(Stroke(form=Form.MASK, mask=packed)), named(Hole.TOP, SIZE))
    assert scaled(half, half.shape) is half


def test_what_was_seen_comes_back_to_sixteen_bits() -> None:
    pixels = np.random.default_rng(0).random((6, 5, 3), np.float32)
    assert np.abs(Seen(pixels).pixels() - pixels).max() < 1 / 65535


@pytest.mark.parametrize(
    "settings",
    [{"size": 0.0}, {"hardness": 2.0}, {"words": "x" * 300}, {"points": ((0.0, 0.0, 1.0),) * 30_000}],
)
def test_strokes_that_cannot_be_say_so(settings: dict[str, object]) -> None:
    with pytest.raises(SettingsError):
        Stroke(**settings)  # type: ignore[arg-type]  # one field each


def test_where_borders_meet_a_stroke_comes_in_on_the_other_side() -> None:
    points = ((58.0, 38.0, 1.0), (64.0, 38.0, 1.0))
    plain = mask(Stroke(points=points, size=8))
    across = mask(Stroke(points=points, size=8, wrap=(False, True)))
    both = mask(Stroke(points=points, size=8, wrap=(True, True)))
    moved = mask(Stroke(points=tuple((x - 30, y - 20, pressure) for x, y, pressure in points), size=8))
    assert np.array_equal(both, np.roll(moved, (20, 30), (0, 1)))
    assert np.array_equal(plain, plain & across)
    assert across[:, :8].any()
    assert not across[:3].any()
    middle = Stroke(points=((30.0, 20.0, 1.0),), size=8)
    assert np.array_equal(mask(middle), mask(Stroke(points=middle.points, size=8, wrap=(True, True))))


def test_a_rectangle_over_a_corner_is_in_all_four() -> None:
    found = mask(Stroke(form=Form.RECTANGLE, points=((55.0, 35.0, 1.0), (65.0, 45.0, 1.0)), wrap=(True, True)))
    assert all(found[row, column] for row in (0, -1) for column in (0, -1))
    assert found.sum() == 100
