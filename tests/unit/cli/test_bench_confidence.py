"""Intervals of an RBM over pixels and of one over codes, learned from the same few pictures."""

from __future__ import annotations

import json

import pytest

from studio.cli import bench_confidence
from studio.cli.main import main


def test_both_are_measured_on_as_many_pictures(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(bench_confidence, "HIDDEN", 4)
    words = ["bench", "confidence", "--data", "sample:faces", "--pictures", "6", "9", "--steps", "4", "--json"]
    assert main(words) == 0
    found = json.loads(capsys.readouterr().out)
    assert set(found) == {f"confidence.{name}_{count}" for name in ("pixels", "codes", "ratio") for count in (6, 9)}
    ratio = found["confidence.pixels_6"]["value"] / found["confidence.codes_6"]["value"]
    assert found["confidence.ratio_6"]["value"] == pytest.approx(ratio)


def test_too_few_pictures_are_a_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bench", "confidence", "--data", "sample:faces", "--pictures", "100000", "--steps", "1"]) == 2
    assert "not 100000" in capsys.readouterr().err
