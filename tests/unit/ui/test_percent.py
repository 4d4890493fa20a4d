"""Percents and shares are read as they are meant, and asked about where that cannot be told."""

from __future__ import annotations

import pytest

from studio.errors import SettingsError
from studio.ui.percent import Scale

HELD_OUT = Scale(0, 50, "%", 0)
SPARSITY = Scale(0.1, 50, "%", 1)
SHARE = Scale(0, 1)


@pytest.mark.parametrize(
    ("scale", "text", "value"),
    [
        (HELD_OUT, "20", 20),
        (HELD_OUT, "20 %", 20),
        (HELD_OUT, "20%", 20),
        (HELD_OUT, "0.2", 20),
        (HELD_OUT, "0,2", 20),
        (HELD_OUT, "0.29", 29),
        (HELD_OUT, "0.2 %", 0.2),
        (HELD_OUT, "0", 0),
        (HELD_OUT, "1", 1),
        (SPARSITY, "0.05", 5),  # percents begin at 0.1 there
        (SPARSITY, "0.9", 0.9),  # 90 % is beyond them
        (SPARSITY, "0.2 %", 0.2),
        (SHARE, "0.2", 0.2),
        (SHARE, "20 %", 0.2),
        (Scale(8, 512, "px", 0), "48 px", 48),
    ],
)
def test_what_is_plain_is_read(scale: Scale, text: str, value: float) -> None:
    assert scale.read(text) == pytest.approx(value)


@pytest.mark.parametrize(
    ("scale", "text", "sentence"),
    [
        (SPARSITY, "0.2", "0.2 may mean 0.2 % or 20 %. Type it with its sign."),
        (HELD_OUT, "0.6", "0.6 may mean 0.6 % or 60 %. Type it with its sign."),
        (Scale(8, 512, "px", 0), "20 %", "20 % is a percent, and this is none. Type the number alone."),
        (Scale(1, 50, "", 0), "20 %", "20 % is a percent, and this is none. Type the number alone."),
    ],
)
def test_what_may_mean_two_things_is_asked_about(scale: Scale, text: str, sentence: str) -> None:
    with pytest.raises(SettingsError) as refused:
        scale.read(text)
    assert str(refused.value) == sentence


def test_nonsense_is_nothing() -> None:
    assert HELD_OUT.read("many") is None
