"""What is held and painted on a canvas as plain JSON beside packed pixels, and back from whatever a file says."""

from __future__ import annotations

import dataclasses
import zlib
from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from studio.dream.coverage import touched
from studio.dream.holes import Hole
from studio.dream.place import At, Hold
from studio.dream.settings import LARGEST_SIDE
from studio.dream.strokes import MOST_POINTS, Brush, Form, PackedMask, Point, Seen, Stroke
from studio.errors import SettingsError

MOST_BYTES = 4 << 20  # of all packages in the JSON: what they are written into has an end
MOST_PIXELS = 128 << 20  # bytes of all packages beside it: each copy of unsaved work holds them, too
MOST_STROKES = 10_000
FARTHEST = 1e6  # pixels
POINT_BYTES = 24
PLAIN = ("size", "hardness", "words", "seed", "unit")
Packed = NDArray[np.uint8]
NO_PIXELS: Mapping[str, NDArray[Any]] = MappingProxyType({})
DRAWN = (Form.LINE, Form.RECTANGLE, Form.ELLIPSE, Form.LASSO)


@dataclass(frozen=True, slots=True, eq=False)
class Record:
    """What a file keeps of a canvas: plain JSON, and the packed pixels (bytes,) that it calls by name."""

    plain: dict[str, Any]
    pixels: Mapping[str, Packed]


def to_record(hold: Hold | None, strokes: Sequence[Stroke]) -> Record | None:
    """Return what a project keeps of them, None where that is too much."""
    kept: list[dict[str, Any]] = []
    pixels: dict[str, Packed] = {}
    heavy = beside = 0
    for stroke in strokes[: MOST_STROKES + 1]:
        record = stroke_record(stroke, pixels)
        kept.append(record)
        beside += len(pixels[record["seen"]["kept"]]) if "seen" in record else 0
        heavy += len(record["points"]) + (len(record["mask"]["packed"]) if "mask" in record else 0)
        if heavy > MOST_BYTES or beside > MOST_PIXELS or len(kept) > MOST_STROKES:
            return None
    return Record({"hold": None if hold is None else dataclasses.asdict(hold), "strokes": kept}, pixels)


def stroke_record(stroke: Stroke, pixels: dict[str, Packed]) -> dict[str, Any]:
    """Return one stroke as plain JSON; what it keeps of the canvas is added to the packed `pixels`."""
    points = np.asarray(stroke.points, "<f8").tobytes()
    record: dict[str, Any] = {
        "brush": str(stroke.brush),
        "form": str(stroke.form),
        "points": packed(zlib.compress(points)),
        "colour": list(stroke.colour),
        "wrap": list(stroke.wrap),
        **{name: getattr(stroke, name) for name in PLAIN},
    }
    if stroke.mask is not None:
        mask = stroke.mask
        record["mask"] = {"shape": [mask.height, mask.width], "packed": packed(mask.packed)}
    if stroke.seen is not None:
        kept = stroke.seen.again()  # the line may still be under way, and want other pixels of it
        kept.pack(touched(stroke, (kept.shape[0], kept.shape[1])).whole((kept.shape[0], kept.shape[1])))
        name = str(len(pixels))
        pixels[name] = np.frombuffer(kept.packed or b"", np.uint8)
        record["seen"] = {"shape": list(kept.shape), "kept": name}
    return record


def from_record(
    record: object, pixels: Mapping[str, NDArray[Any]] = NO_PIXELS
) -> tuple[Hold | None, tuple[Stroke, ...]]:
    """Return what a project kept; nothing where the record cannot be read."""
    try:
        return _read(record, pixels) if isinstance(record, Mapping) else (None, ())
    except (KeyError, TypeError, ValueError, OverflowError, ArithmeticError, SettingsError, zlib.error):
        return None, ()


def _read(record: Mapping[str, Any], pixels: Mapping[str, NDArray[Any]]) -> tuple[Hold | None, tuple[Stroke, ...]]:
    told = record["hold"]
    hold = None
    if told is not None:
        hole = None if told["hole"] is None else Hole(told["hole"])
        hold = Hold(str(told["picture"]), At(told["at"]), hole, told["whole"] is True, int(told["index"]))
    return hold, tuple(stroke_of(one, pixels) for one in record["strokes"][:MOST_STROKES])


def stroke_of(record: Mapping[str, Any], pixels: Mapping[str, NDArray[Any]]) -> Stroke:
    """Return one stroke; raises one of many errors where it is none."""
    form = Form(record["form"])
    points = _points(record["points"])
    if form in DRAWN and not points:
        raise ValueError("a shape that is drawn has points")
    if form is Form.NAMED:
        Hole(record["words"])
    seed, unit = int(record["seed"]), int(record["unit"])
    red, green, blue = (within(float(part), 0, 1) for part in record["colour"])
    down, across = record["wrap"]
    return Stroke(
        Brush(record["brush"]),
        form,
        points,
        size=float(record["size"]),
        hardness=float(record["hardness"]),
        colour=(red, green, blue),
        words=str(record["words"]),
        seed=round(within(seed, 0, 2**63 - 1)),
        unit=round(within(unit, -1, 2**31)),
        mask=_mask(record["mask"]) if "mask" in record else None,
        seen=_seen(record["seen"], pixels) if "seen" in record else None,
        wrap=(down is True, across is True),
    )


def _points(text: str) -> tuple[Point, ...]:
    values = np.frombuffer(unpacked(text, MOST_POINTS * POINT_BYTES)[1], "<f8").reshape(-1, 3)
    if not np.isfinite(values).all() or (len(values) and np.abs(values).max() > FARTHEST):
        raise ValueError("points lie near the canvas")
    return tuple((float(x), float(y), within(float(pressure), 0, 1)) for x, y, pressure in values)


def _mask(record: Mapping[str, Any]) -> PackedMask:
    height, width = _sides(record["shape"])
    data, whole = unpacked(record["packed"], -(-height * width // 8))
    if len(whole) != -(-height * width // 8):
        raise ValueError("the mask is of another size")
    return PackedMask(height, width, data)


def _seen(record: Mapping[str, Any], pixels: Mapping[str, NDArray[Any]]) -> Seen:
    """Return what a stroke kept of the canvas: beside the record, or within it as older projects have it."""
    height, width, channels = _sides(record["shape"])
    if channels not in (1, 3):
        raise ValueError("what was seen is grey, or in colours")
    most = 2 * height * width * channels
    if "kept" in record:
        data = pixels[record["kept"]].astype(np.uint8, casting="no").tobytes()
        whole = inflated(data, most)
    else:
        data, whole = unpacked(record["packed"], most)
    if len(whole) != 2 * height * width * channels:
        raise ValueError("what was seen is of another size")
    return Seen.of(data, (height, width, channels))


def _sides(shape: Sequence[int]) -> list[int]:
    return [round(within(int(side), 1, LARGEST_SIDE)) for side in shape]


def within(value: float, low: float, high: float) -> float:
    """Return a number; raises ValueError where it is none of this range."""
    if not low <= value <= high:
        raise ValueError(f"{value} is beyond {low} to {high}")
    return value


def packed(data: bytes) -> str:
    return b64encode(data).decode("ascii")


def unpacked(text: str, most: int) -> tuple[bytes, bytes]:
    """Return what was packed, and the bytes in it; raises ValueError on more of them than `most`."""
    data = b64decode(text, validate=True)
    return data, inflated(data, most)


def inflated(data: bytes, most: int) -> bytes:
    """Return the bytes in what was packed; raises ValueError on more of them than `most`."""
    inside = zlib.decompressobj()
    whole = inside.decompress(data, most + 1)
    if len(whole) > most or not inside.eof:
        raise ValueError("it holds more than it may, or less than it says")
    return whole
