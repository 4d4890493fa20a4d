"""A convolutional machine with real threads: chosen, trained, its filters seen, dreamt at another size."""

from __future__ import annotations

import dataclasses

from pytestqt.qtbot import QtBot

from studio.data.spec import DatasetSpec
from studio.dream.settings import Seamless, Start
from studio.jobs.frames import FilterFrame
from studio.jobs.status import Outcome
from studio.models.altered import Altered, Glitch, GlitchKind
from studio.models.spec import ConvSpec
from studio.session.session import Session
from tests.integration.listener import Listener

WAIT = 30_000


def test_it_learns_and_dreams_at_any_size(session: Session, heard: Listener, qtbot: QtBot) -> None:
    session.set_data(DatasetSpec(("sample:bricks",)))
    session.apply_preset("texture-pooled")
    session.set_preprocess(dataclasses.replace(session.recipe.preprocess, height=22, width=22))
    session.set_model(ConvSpec(filters=4, side=5, deviation=0.4, first_deviation=0.4))
    training = session.recipe.training
    session.set_training(dataclasses.replace(training, seconds=0.0, steps=8, batch=4, chains=3))
    session.start()
    qtbot.waitUntil(lambda: bool(heard.ends), timeout=WAIT)
    assert heard.ends == [(Outcome.COMPLETED, None)]
    session.set_dream(dataclasses.replace(session.dream, width=70, height=51))
    qtbot.waitUntil(lambda: [frame.pictures.shape for frame in heard.dreams()[-1:]] == [(1, 51, 70, 1)], timeout=WAIT)
    session.set_dream(dataclasses.replace(session.dream, width=4, height=51))
    qtbot.waitUntil(lambda: bool(heard.notices), timeout=WAIT)
    assert "smaller than a filter of 5 px" in heard.notices[-1].message
    qtbot.waitUntil(lambda: session.dream.width == 70, timeout=WAIT)


def test_layers_learn_one_after_another_and_all_are_seen(session: Session, heard: Listener, qtbot: QtBot) -> None:
    session.set_data(DatasetSpec(("sample:bricks",)))
    session.apply_preset("texture-pooled")
    session.set_preprocess(dataclasses.replace(session.recipe.preprocess, height=22, width=22))
    session.set_model(ConvSpec(filters=4, side=5, deviation=0.4, first_deviation=0.4, deeper=("5x3/2", "3x2/1")))
    training = session.recipe.training
    session.set_training(dataclasses.replace(training, seconds=0.0, steps=12, batch=4, chains=3))
    session.set_wanted("filters", True)
    session.start()
    qtbot.waitUntil(lambda: bool(heard.ends), timeout=WAIT)
    assert heard.ends == [(Outcome.COMPLETED, None)]
    assert session.recipe.training.stage_steps in ((4, 4, 4), ())
    frames = [frame for frame in heard.frames["filters"] if isinstance(frame, FilterFrame)]
    assert [layer.layer for layer in (frames[-1], *frames[-1].deeper)] == ["layer 1", "layer 2", "layer 3"]
    session.set_dream(dataclasses.replace(session.dream, width=70, height=51))
    qtbot.waitUntil(lambda: [frame.pictures.shape for frame in heard.dreams()[-1:]] == [(1, 51, 70, 1)], timeout=WAIT)
    with qtbot.waitSignal(session.filter_inspected, timeout=WAIT) as inspected:
        session.inspect_filter(10)
    assert inspected.args[0].layer == "layer 3"


def test_framed_pictures_are_dreamt_at_their_own_size_and_a_material_after_them_is_not(
    session: Session, heard: Listener, qtbot: QtBot
) -> None:
    def dreamt(wide: int, high: int, wrap: tuple[bool, bool]) -> bool:
        return [frame.pictures.shape for frame in heard.dreams()[-1:]] == [(1, high, wide, 1)] and session.wrap == wrap

    session.set_data(DatasetSpec(("sample:faces",)))
    session.apply_preset("faces-pooled")
    assert session.recipe.framed
    session.set_preprocess(dataclasses.replace(session.recipe.preprocess, height=19, width=21))
    session.set_model(ConvSpec(filters=4, side=5, deviation=0.4, first_deviation=0.4))
    session.set_training(dataclasses.replace(session.recipe.training, seconds=0.0, steps=4, batch=4, chains=3))
    session.start()
    qtbot.waitUntil(lambda: len(heard.ends) == 1, timeout=WAIT)
    assert heard.ends == [(Outcome.COMPLETED, None)]
    qtbot.waitUntil(lambda: dreamt(21, 19, (False, False)), timeout=WAIT)
    session.set_altered(Altered((Glitch(GlitchKind.QUANTISE, 0.5),)))
    qtbot.waitUntil(lambda: not session.altered.neutral, timeout=WAIT)
    session.restart_dream(Start.NOISE)
    count = len(heard.dreams())
    qtbot.waitUntil(lambda: len(heard.dreams()) > count and dreamt(21, 19, (False, False)), timeout=WAIT)
    session.set_dream(dataclasses.replace(session.dream, seamless=Seamless.X, width=40, height=30))
    qtbot.waitUntil(lambda: dreamt(40, 30, (False, True)), timeout=WAIT)
    session.set_dream(dataclasses.replace(session.dream, seamless=Seamless.OWN, width=0, height=0))
    qtbot.waitUntil(lambda: dreamt(21, 19, (False, False)), timeout=WAIT)

    session.set_data(DatasetSpec(("sample:bricks",)))
    session.apply_preset("texture-pooled")
    session.set_preprocess(dataclasses.replace(session.recipe.preprocess, height=22, width=22))
    session.set_model(ConvSpec(filters=4, side=5, deviation=0.4, first_deviation=0.4))
    session.set_training(dataclasses.replace(session.recipe.training, seconds=0.0, steps=4, batch=4, chains=3))
    session.start()
    qtbot.waitUntil(lambda: len(heard.ends) == 2, timeout=WAIT)
    qtbot.waitUntil(lambda: dreamt(256, 256, (True, True)), timeout=WAIT)
