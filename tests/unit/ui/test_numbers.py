"""Numbers as people read and type them."""

from __future__ import annotations

import pytest

from studio.ui import numbers


@pytest.mark.parametrize(
    ("value", "decimals", "unit", "text"),
    [
        (0.05, None, "", "0.050"),
        (0.0001, None, "", "0.00010"),
        (250.0, None, "", "250"),
        (12345, 0, "px", "12 345 px"),
        (1, 2, "", "1.00"),
        (0, None, "s", "0.00 s"),
    ],
)
def test_show(value: float, decimals: int | None, unit: str, text: str) -> None:
    assert numbers.show(value, decimals, unit) == text


@pytest.mark.parametrize(
    ("text", "value"),
    [("0,05", 0.05), ("5e-3", 0.005), ("10 %", 10), ("1 000", 1000), ("-2", -2), (".5", 0.5), ("12,345.5", 12345.5)],
)
def test_parse(text: str, value: float) -> None:
    assert numbers.parse(text) == value


@pytest.mark.parametrize("text", ["", "abc", "%", "1e999"])
def test_parse_of_nonsense(text: str) -> None:
    assert numbers.parse(text) is None


@pytest.mark.parametrize(
    ("seconds", "words"), [(0, "0 s"), (92, "1 min 32 s"), (59.7, "1 min 0 s"), (7500, "2 h 5 min")]
)
def test_duration(seconds: float, words: str) -> None:
    assert numbers.duration(seconds) == words


def test_sizes_and_amounts() -> None:
    assert [numbers.size(count) for count in (12, 38_000_000, 1.1e9)] == ["12 B", "38 MB", "1.1 GB"]
    assert [numbers.amount(count) for count in (950, 23_400, 1_200_000)] == ["950", "23 400", "1.2 M"]
