"""What is held and painted, to JSON and back, and records that somebody made up."""

from __future__ import annotations

import json
import zlib
from base64 import b64encode
from typing import Any

import numpy as np
import pytest

from studio.dream import canvas_record
from studio.dream.canvas_record import from_record, to_record
from studio.dream.coverage import touched
from studio.dream.holes import Hole
from studio.dream.place import At, Hold
from studio.dream.strokes import Brush, Form, PackedMask, Seen, Stroke

SIZE = 12, 16
LINE = Stroke(
    Brush.COLOUR, Form.LINE, ((1.25, 2.1, 0.3), (9.0, 7.7, 1.0)), 3.5, 0.5, (0.1, 0.2, 1.0), wrap=(True, False)
)
NAMED = Stroke(Brush.HOLE, Form.NAMED, words="left")
MASK = Stroke(Brush.HOLE, Form.MASK, mask=PackedMask.of(np.eye(12, 16, dtype=np.bool_)))
PACKED_BOMB = np.frombuffer(zlib.compress(bytes(1 << 26)), np.uint8)
BOMB = b64encode(PACKED_BOMB.tobytes()).decode()


def through(hold: Hold | None, *strokes: Stroke) -> tuple[Hold | None, tuple[Stroke, ...]]:
    record = to_record(hold, strokes)
    assert record is not None
    return from_record(json.loads(json.dumps(record.plain)), record.pixels)


def test_it_comes_back_as_it_was() -> None:
    for hold in (None, Hold("a wall.png", At.LEFT), Hold(hole=Hole.TOP), Hold(whole=True, index=7)):
        assert through(hold, LINE, NAMED, MASK) == (hold, (LINE, NAMED, MASK))


def test_what_was_seen_comes_back_where_it_is_held_and_the_line_may_go_on() -> None:
    seen = Seen(np.linspace(0, 1, 12 * 16 * 3, dtype=np.float32).reshape(12, 16, 3))
    stroke = Stroke(Brush.PICTURE, Form.LINE, ((8.0, 6.0, 1.0),), 5, seen=seen)
    _, (again,) = through(None, stroke)
    assert again.seen is not None
    mask = touched(stroke, SIZE).whole(SIZE)
    assert np.allclose(again.seen.pixels()[mask], seen.pixels()[mask], atol=1e-5)
    assert not again.seen.pixels()[~mask].any()
    assert seen.packed is None


def test_pixels_lie_beside_the_text_however_many_they_are() -> None:
    noise = np.random.default_rng(0).random((800, 900, 3), np.float32)
    record = to_record(None, [LINE, Stroke(Brush.PICTURE, Form.ALL, seen=Seen(noise))])
    assert record is not None
    assert len(json.dumps(record.plain)) < 2000
    _, (_, again) = from_record(record.plain, record.pixels)
    assert again.seen is not None
    assert np.allclose(again.seen.pixels(), noise, atol=1e-5)


def test_pixels_within_the_text_as_older_projects_have_them_are_read() -> None:
    levels = np.arange(12 * 16 * 3, dtype="<u2").reshape(12, 16, 3)
    record = to_record(None, [Stroke(Brush.PICTURE, Form.ALL)])
    assert record is not None
    packed = b64encode(zlib.compress(levels.tobytes())).decode()
    record.plain["strokes"][0]["seen"] = {"shape": [12, 16, 3], "packed": packed}
    _, (again,) = from_record(record.plain)
    assert again.seen is not None
    assert np.array_equal(np.rint(again.seen.pixels() * 65535), levels)


def test_what_is_too_much_is_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    noise = np.random.default_rng(0).random((80, 90, 3), np.float32)
    stroke = Stroke(Brush.PICTURE, Form.ALL, seen=Seen(noise))
    assert to_record(None, [stroke]) is not None
    monkeypatch.setattr(canvas_record, "MOST_PIXELS", 1000)
    assert to_record(None, [stroke]) is None
    monkeypatch.setattr(canvas_record, "MOST_BYTES", 100)
    assert to_record(None, [LINE] * 9) is None


@pytest.mark.parametrize(
    "changes",
    [
        {"brush": "sponge"},
        {"form": "rectangle", "points": b64encode(zlib.compress(b"")).decode()},
        {"points": BOMB},
        {"points": "no base64"},
        {"points": b64encode(zlib.compress(np.full(3, np.nan).tobytes())).decode()},
        {"points": b64encode(zlib.compress(np.full(3, 1e9).tobytes())).decode()},
        {"size": 1e9},
        {"size": float("nan")},
        {"seed": -1},
        {"colour": [0, 2, 0]},
        {"form": "named", "words": "nowhere"},
        {"mask": {"shape": [4, 4], "packed": BOMB}},
        {"mask": {"shape": [1 << 40, 4], "packed": BOMB}},
        {"mask": {"shape": [90, 90], "packed": b64encode(zlib.compress(b"1")).decode()}},
        {"seen": {"shape": [4, 4, 2], "packed": BOMB}},
        {"seen": {"shape": [4, 4, 3], "packed": BOMB}},
        {"seen": {"shape": [4, 4, 3], "kept": "0"}},
        {"seen": {"shape": [4, 4, 3], "kept": "1"}},
        {"seen": {"shape": [4, 4, 3], "kept": "2"}},
        {"seen": {"shape": [4, 4, 3], "kept": "nowhere"}},
        {"seen": {"shape": [4, 4, 3], "kept": []}},
        {"wrap": 3},
        {"unit": 1e300},
    ],
)
def test_a_record_that_was_made_up_is_nothing(changes: dict[str, Any]) -> None:
    record = to_record(None, [LINE])
    assert record is not None
    record.plain["strokes"][0].update(changes)
    assert from_record(record.plain, {"0": np.zeros(3, np.uint8), "1": np.zeros(3), "2": PACKED_BOMB}) == (None, ())


@pytest.mark.parametrize(
    "record", [None, 3, [], {}, {"hold": None}, {"hold": 5, "strokes": []}, {"hold": None, "strokes": 5}]
)
def test_what_is_no_record_is_nothing(record: object) -> None:
    assert from_record(record) == (None, ())
