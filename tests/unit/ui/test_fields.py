"""The table of fields covers every setting and agrees with its limits."""

from __future__ import annotations

import dataclasses

import pytest

from studio.data.spec import Preprocess
from studio.dream.mixer import PartMix
from studio.dream.settings import DreamSettings
from studio.dream.snapshot import SnapshotSettings
from studio.models.spec import CodeSpec, RbmSpec, TiledSpec
from studio.training.settings import TrainSettings
from studio.ui.field_info import FieldInfo, Kind
from studio.ui.fields import FIELDS

RECORDED = {"stage_steps", "held_by"}  # what a run came to, and what an older project was judged by: nobody turns it


OWNERS = [Preprocess, RbmSpec, TiledSpec, CodeSpec, TrainSettings, DreamSettings, PartMix, SnapshotSettings]


@pytest.mark.parametrize("owner", OWNERS)
def test_every_field_has_a_row(owner: type) -> None:
    named = [info.name for info in FIELDS if info.owner is owner]
    assert sorted(named) == sorted({item.name for item in dataclasses.fields(owner)} - RECORDED)


@pytest.mark.parametrize("info", FIELDS, ids=lambda info: f"{info.owner.__name__}.{info.name}")
def test_every_row_says_what_turning_it_does(info: FieldInfo) -> None:
    assert info.label
    assert info.tip.endswith(".")
    assert len(info.tip) > 25


@pytest.mark.parametrize(
    "info", [info for info in FIELDS if info.kind is Kind.SLIDER], ids=lambda info: f"{info.owner.__name__}.{info.name}"
)
def test_the_ends_of_every_slider_are_allowed(info: FieldInfo) -> None:
    for shown in (info.low, info.high):
        value = round(shown / info.scale, 8)
        changed = dataclasses.replace(info.owner(), **{info.name: round(value) if info.whole else value})
        assert getattr(changed, info.name) == pytest.approx(value)


@pytest.mark.parametrize(
    "info", [info for info in FIELDS if info.kind is Kind.CHOICE], ids=lambda info: f"{info.owner.__name__}.{info.name}"
)
def test_every_choice_offers_every_value(info: FieldInfo) -> None:
    kind = type(getattr(info.owner(), info.name))
    assert [value for value, _ in info.choices] == [str(item) for item in kind]
