"""A mixer goes into a project and comes out the same; what cannot be read turns nothing."""

from __future__ import annotations

import json
from typing import Any

import pytest

from studio.dream.mixer import Mixer, PartMix
from studio.dream.mixer_record import from_record, to_record

TURNED = (
    Mixer()
    .with_muted([3, 1], True)
    .with_solo([4], True)
    .with_held([2], True)
    .with_gain([5, 7], 2.5)
    .with_group("edges", [3, 1])
    .with_part(1, PartMix(2.0, 0.5))
)


def test_what_is_kept_comes_back() -> None:
    assert from_record(json.loads(json.dumps(to_record(TURNED)))) == TURNED
    assert from_record(to_record(Mixer())) == Mixer()


@pytest.mark.parametrize(
    "change",
    [
        {"muted": 3},
        {"muted": [-1]},
        {"solo": ["x"]},
        {"gains": [[1, 99]]},
        {"gains": [1]},
        {"groups": [["edges"]]},
        {"parts": [[0, 1]]},
        {"parts": None},
    ],
)
def test_what_cannot_be_read_turns_nothing(change: dict[str, Any]) -> None:
    assert from_record({**to_record(TURNED), **change}) == Mixer()


@pytest.mark.parametrize("record", [None, [], "mixer", {}, {"muted": []}])
def test_no_record_is_no_mixer(record: object) -> None:
    assert from_record(record) == Mixer()
