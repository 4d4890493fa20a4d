"""Tables for people, JSON for machines."""

from __future__ import annotations

import io
import json
import math

from studio.cli.report import Figure, print_figures, print_json, short, table

FIGURES = {
    "rbm.vs_sklearn": Figure(2.513, "x", 1.0, 2.513),
    "start.window": Figure(0.81, "s"),
    "broken": Figure(math.nan, "s", math.inf),
}


def test_figures_as_json_are_one_object_of_four_keys_each() -> None:
    stream = io.StringIO()
    print_figures(FIGURES, as_json=True, stream=stream)
    value = json.loads(stream.getvalue().splitlines()[-1])
    assert value["rbm.vs_sklearn"] == {"value": 2.513, "unit": "x", "reference": 1.0, "ratio": 2.513}
    assert value["start.window"] == {"value": 0.81, "unit": "s", "reference": None, "ratio": None}
    assert value["broken"] == {"value": None, "unit": "s", "reference": None, "ratio": None}


def test_figures_for_people_are_a_table() -> None:
    stream = io.StringIO()
    print_figures(FIGURES, as_json=False, stream=stream)
    lines = stream.getvalue().splitlines()
    assert lines[0].split() == ["figure", "value", "unit", "reference", "ratio"]
    assert lines[2].split() == ["rbm.vs_sklearn", "2.513", "x", "1", "2.513"]
    assert lines[3].split() == ["start.window", "0.81", "s"]


def test_columns_are_aligned_and_numbers_stand_right() -> None:
    assert table([("a", 1), ("long", 1000)], ("name", "n")) == "name     n\n----  ----\na        1\nlong  1000"
    assert table([("a", "b"), ("cc", "d")]) == "a   b\ncc  d"
    assert table([]) == ""
    assert table([], ("name",)) == "name\n----"


def test_control_characters_do_not_reach_the_terminal() -> None:
    assert table([("a\x1b[2J\nb",)]) == "a\ufffd[2J\ufffdb"


def test_json_is_strict_at_any_depth() -> None:
    stream = io.StringIO()
    print_json({"a": [1, math.inf, {"b": math.nan}], "c": (2,)}, stream)
    assert json.loads(stream.getvalue()) == {"a": [1, None, {"b": None}], "c": [2]}


def test_numbers_are_short() -> None:
    assert [short(value) for value in (None, 0.0, 1234567.0, 0.123456, 12345.6, 1e-7, 1e300)] == [
        "", "0", "1,234,567", "0.1235", "12,346", "1e-07", "1e+300",
    ]  # fmt: skip
