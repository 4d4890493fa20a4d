"""Memory goes back where much was taken, and only there."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from studio.data import freed
from studio.data.freed import MUCH, Tidy, given_back, resident_bytes, trim
from studio.data.load import load
from studio.data.spec import DatasetSpec, Preprocess


@pytest.fixture
def trimmed(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How often memory was given back."""
    times: list[int] = []

    def note(pad: int) -> int:
        times.append(pad)
        return 1

    monkeypatch.setattr(freed, "trim", lambda: note)
    return times


def test_what_was_much_is_given_back_however_the_work_ends(trimmed: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    held = iter([0, MUCH + 1, 0, MUCH, 0, MUCH + 1, None, None])
    monkeypatch.setattr(freed, "resident_bytes", lambda: next(held))
    with given_back():
        pass
    assert len(trimmed) == 1
    with given_back():
        pass
    assert len(trimmed) == 1
    with pytest.raises(KeyError), given_back():
        raise KeyError
    assert len(trimmed) == 2
    with given_back():  # a system that does not tell
        pass
    assert len(trimmed) == 2


def test_tidying_begins_again_from_what_is_left(trimmed: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    held = iter([100, MUCH + 100, MUCH + 101, 90, MUCH + 90, None])
    monkeypatch.setattr(freed, "resident_bytes", lambda: next(held))
    tidy = Tidy()
    tidy.look()
    assert len(trimmed) == 0
    tidy.look()  # one byte more than much; 90 bytes are left
    assert len(trimmed) == 1
    tidy.look()
    tidy.look()  # not told
    assert len(trimmed) == 1


def test_small_pictures_are_not_worth_it(trimmed: list[int], pictures_folder: Path) -> None:
    load(DatasetSpec((str(pictures_folder),)), Preprocess(height=8, width=8))
    assert trimmed == []


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="other systems have other libraries")
def test_the_system_has_such_a_function() -> None:
    assert trim()(0) in (0, 1)
    assert (resident_bytes() or 0) > 1_000_000
