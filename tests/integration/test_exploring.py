"""Codes are looked at by way of the session: mapped, shown, walked, exported."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from studio.data.spec import DatasetSpec
from studio.dream.walk import Walk
from studio.jobs.code_frames import CodeMap, CodePicture, CodePoint, CodeWish
from studio.jobs.status import PlayerState
from studio.session.session import Session
from studio.ui.measure.pixels import drawn, uniform
from tests.integration.listener import Listener
from tests.integration.person import LEFT, WAIT, Person
from tests.unit.cli.small_projects import CODES, codes_project


@pytest.fixture
def at_hand(session: Session, qtbot: QtBot, tmp_path: Path) -> Session:
    """A session with a model of codes and its pictures."""
    folder = tmp_path / "pictures"
    folder.mkdir()
    rng = np.random.default_rng(0)
    for number in range(12):
        Image.fromarray(rng.integers(0, 255, (12, 14, 3)).astype(np.uint8)).save(folder / f"{number}.png")
    session.open_project(codes_project(tmp_path / "codes.harmonium", DatasetSpec((str(folder),))))
    qtbot.waitUntil(lambda: session.player is PlayerState.PLAYING and session.dataset is not None, timeout=WAIT)
    return session


def mapped(session: Session, qtbot: QtBot) -> CodeMap:
    with qtbot.waitSignal(session.codes_mapped, timeout=WAIT) as asked:
        session.map_codes()
    assert asked.args is not None
    found = asked.args[0]
    assert isinstance(found, CodeMap)
    return found


def test_the_pictures_are_on_the_map(at_hand: Session, qtbot: QtBot) -> None:
    found = mapped(at_hand, qtbot)
    assert found.points.shape == (11, 6)  # one is held out
    assert found.pictures.shape == (11, 12, 14, 3)


def test_of_many_wishes_the_first_and_the_last_are_served(at_hand: Session, qtbot: QtBot) -> None:
    mapped(at_hand, qtbot)
    shown: list[CodePicture] = []
    at_hand.code_shown.connect(shown.append)
    for number in range(50):
        at_hand.show_code(CodeWish((CodePoint((number / 10, 0.0)),)))
    qtbot.waitUntil(lambda: bool(shown) and shown[-1].wish.points[0].steps[0] == 4.9, timeout=WAIT)
    assert len(shown) == 2
    assert shown[-1].pixels.shape == (12, 14, 3)
    assert not np.array_equal(shown[0].pixels, shown[1].pixels)


@pytest.mark.parametrize(("name", "said"), [("walk.gif", "9 frames of 14 x 12 px, 0.4 s."), ("walk", "numbered")])
def test_a_walk_is_exported(
    at_hand: Session, heard: Listener, qtbot: QtBot, tmp_path: Path, name: str, said: str
) -> None:
    mapped(at_hand, qtbot)
    at_hand.export_walk(tmp_path / name, (CodePoint((1.0, 0.0)), CodePoint((-1.0, 2.0), 3)), Walk(9))
    qtbot.waitUntil(lambda: bool(heard.notices), timeout=WAIT)
    assert heard.notices[-1].message == f"Saved {name}."
    assert said in heard.notices[-1].hint
    assert (tmp_path / name).exists()


def test_a_mixture_is_exported_as_one_picture(at_hand: Session, heard: Listener, qtbot: QtBot, tmp_path: Path) -> None:
    mapped(at_hand, qtbot)
    points = CodePoint((1.0, 0.0)), CodePoint((-1.0, 2.0), 3)
    at_hand.export_code(tmp_path / "mixture.png", CodeWish(points, weights=(2.0, 1.0)))
    qtbot.waitUntil(lambda: bool(heard.notices), timeout=WAIT)
    with Image.open(tmp_path / "mixture.png") as image:
        assert image.size == (14, 12)


def test_kept_points_can_be_undone_and_are_saved(at_hand: Session, qtbot: QtBot, tmp_path: Path) -> None:
    mapped(at_hand, qtbot)
    first, second = CodePoint((1.0, 0.0)), CodePoint((-1.0, 2.0), 3)
    at_hand.keep_codes((first,), "a kept code")
    at_hand.keep_codes((first, second), "a kept code")
    seen: list[object] = []
    at_hand.kept_codes_changed.connect(seen.append)
    at_hand.undo()
    at_hand.redo()
    assert seen == [(first,), (first, second)]
    with qtbot.waitSignal(at_hand.files.saved, timeout=WAIT):
        at_hand.save_project(tmp_path / "kept.harmonium")
    at_hand.open_project(codes_project(tmp_path / "other.harmonium", at_hand.recipe.data))
    qtbot.waitUntil(lambda: at_hand.project.title == "other.harmonium", timeout=WAIT)
    assert at_hand.kept_codes == ()
    at_hand.open_project(tmp_path / "kept.harmonium")
    qtbot.waitUntil(lambda: at_hand.kept_codes == (first, second), timeout=WAIT)


def test_a_walk_over_a_map_of_another_model_is_a_sentence(
    at_hand: Session, heard: Listener, qtbot: QtBot, tmp_path: Path
) -> None:
    mapped(at_hand, qtbot)
    at_hand.open_project(codes_project(tmp_path / "other.harmonium", at_hand.recipe.data))
    qtbot.waitUntil(lambda: at_hand.project.title == "other.harmonium", timeout=WAIT)
    at_hand.show_code(CodeWish((CodePoint((1.0, 0.0)),)))
    at_hand.export_walk(tmp_path / "walk.gif", (CodePoint(), CodePoint((1.0, 0.0))), Walk(9))
    qtbot.waitUntil(lambda: bool(heard.notices), timeout=WAIT)
    assert heard.notices[-1].message == "The map is that of another model."
    assert not (tmp_path / "walk.gif").exists()
    assert len(mapped(at_hand, qtbot).points) == 11


def shown(person: Person) -> NDArray[np.uint8]:
    return drawn(person.window.codes.picture)


def sees_another(person: Person, before: NDArray[np.uint8]) -> None:
    person.qtbot.waitUntil(lambda: not np.array_equal(before, shown(person)), timeout=WAIT)


@pytest.mark.usefixtures("at_hand")
def test_a_person_walks_on_the_map_and_takes_the_walk_away(
    person: Person,
    heard: Listener,
    qtbot: QtBot,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    window, panel = person.window, person.window.codes
    bar = window.learned.tabBar()
    qtbot.mouseClick(bar, LEFT, pos=bar.tabRect(1).center())
    qtbot.waitUntil(lambda: panel.map.isVisible() and not uniform(drawn(panel.picture)), timeout=WAIT)
    for x in (-2.5, 2.5):
        before = shown(person)
        qtbot.mouseClick(panel.map, LEFT, pos=panel.map.spot(x, 1.0).toPoint())
        sees_another(person, before)
        person.press(panel.kept.keep_button)
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "walk.gif"), ""))
    person.press(panel.kept.export_button)
    qtbot.waitUntil(lambda: bool(heard.notices), timeout=WAIT)
    assert heard.notices[-1].message == "Saved walk.gif."
    with Image.open(tmp_path / "walk.gif") as image:
        assert image.info["loop"] == 0


def test_an_autoencoder_that_does_not_dream_has_a_map_too(session: Session, qtbot: QtBot, tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    for number in range(5):
        Image.fromarray(rng.integers(0, 255, (12, 14, 3)).astype(np.uint8)).save(tmp_path / f"{number}.png")
    alone = dataclasses.replace(CODES, beta=0.0)
    session.open_project(codes_project(tmp_path / "alone.harmonium", DatasetSpec((str(tmp_path),)), alone))
    qtbot.waitUntil(lambda: session.has_model and session.dataset is not None, timeout=WAIT)
    assert len(mapped(session, qtbot).points) >= 3
    with qtbot.waitSignal(session.code_shown, timeout=WAIT):
        session.show_code(CodeWish((CodePoint((1.0, 0.0)),)))
