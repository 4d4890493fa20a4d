"""Each fault, met in the window: one sentence in the banner, the window stays of use, the run and the file are kept."""

from __future__ import annotations

import errno
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog

from studio import atomic
from studio.jobs.status import Outcome, RunState
from studio.project import job
from studio.project.archive import read_project
from studio.session.notices import Level
from studio.session.session import Session
from studio.training.trainer import Trainer
from studio.ui.export_dialog import ExportDialog
from tests.helpers import pictures
from tests.integration.person import CTRL, SHIFT, WAIT, Person

LONG = 1_000_000  # epochs
NO_MEMORY = torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 20.00 GiB")
LOST = RuntimeError("CUDA error: unspecified launch failure")


@pytest.fixture
def at_work(person: Person, session: Session, pictures_folder: Path) -> Person:
    """A person whose run goes on."""
    person.drop(pictures_folder)
    person.sees_names_of(pictures_folder)
    person.choose_preset("bars-rbm")
    person.type_epochs(LONG)
    person.qtbot.waitUntil(person.window.training.head.big.isEnabled, timeout=WAIT)
    person.press(person.window.training.head.big)
    person.qtbot.waitUntil(lambda: session.progress is not None and session.progress.step > 20, timeout=WAIT)
    return person


def step_of(session: Session) -> int:
    return session.progress.step if session.progress is not None else 0


def learns_on(person: Person) -> None:
    before = step_of(person.session)
    person.qtbot.waitUntil(lambda: step_of(person.session) > before, timeout=WAIT)
    assert person.session.status.state is RunState.TRAINING
    person.sees_move(person.window.dream.canvas)


def told(person: Person, level: Level) -> str:
    """Look until a sentence of this kind is in the banner, and put it away."""
    banner = person.window.banner
    person.qtbot.waitUntil(lambda: banner.notice is not None and banner.notice.level is level, timeout=WAIT)
    notice = banner.notice
    assert notice is not None
    assert banner.isVisible()
    assert notice.hint
    person.keys(Qt.Key.Key_Escape)
    return notice.message


def full(path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], object]:
    def write(temporary: Path, _data: bytes, _mode: int | None) -> None:
        raise OSError(errno.ENOSPC, "No space left on device", str(temporary))

    assert path.is_file()
    monkeypatch.setattr(atomic, "write_through", write)
    return monkeypatch.undo


def read_only(path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], object]:
    def write(temporary: Path, _data: bytes, _mode: int | None) -> None:
        raise OSError(errno.EROFS, "Read-only file system", str(temporary))

    assert path.is_file()
    monkeypatch.setattr(atomic, "write_through", write)
    return monkeypatch.undo


def removed(path: Path, _monkeypatch: pytest.MonkeyPatch) -> Callable[[], object]:
    away = path.parent.with_name("away")
    path.parent.rename(away)
    return lambda: away.rename(path.parent)


@pytest.mark.parametrize("fault", [full, read_only, removed])
def test_saving_is_refused_while_it_learns(
    at_work: Person,
    session: Session,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    fault: Callable[[Path, pytest.MonkeyPatch], Callable[[], object]],
) -> None:
    window, path = at_work.window, tmp_path / "projects" / "mine.harmonium"
    path.parent.mkdir()
    session.save_project(path)
    at_work.qtbot.waitUntil(lambda: session.project.path == path, timeout=WAIT)
    whole = path.read_bytes()
    at_work.qtbot.waitUntil(window.isWindowModified, timeout=WAIT)
    with monkeypatch.context() as patch:
        mend = fault(path, patch)
        at_work.keys(Qt.Key.Key_S, CTRL)
        sentence = told(at_work, Level.ERROR)
        assert "mine.harmonium" in sentence or "projects" in sentence
        assert window.isWindowModified()
        learns_on(at_work)
        mend()
    assert path.read_bytes() == whole
    assert not list(path.parent.glob("*.tmp"))
    at_work.keys(Qt.Key.Key_S, CTRL)
    at_work.qtbot.waitUntil(lambda: path.read_bytes() != whole, timeout=WAIT)
    assert read_project(path).weights


def test_an_export_into_a_folder_that_went_away(
    at_work: Person, session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = tmp_path / "gone" / "dream.png"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(gone), ""))
    at_work.keys(Qt.Key.Key_E, CTRL | SHIFT)
    at_work.press(at_work.window.dream.findChildren(ExportDialog)[-1].save)
    assert "gone" in told(at_work, Level.ERROR)
    learns_on(at_work)
    assert session.project.dirty


def test_pictures_that_vanish_while_it_learns(at_work: Person, session: Session, pictures_folder: Path) -> None:
    shutil.rmtree(pictures_folder)
    learns_on(at_work)
    at_work.press(at_work.window.training.head.keep)
    at_work.sees(RunState.IDLE)
    assert session.kept is not None
    at_work.choose_preset("faces-rbm")  # which wants them in another size
    assert at_work.window.dataset.relocate.isVisible()
    session.start()
    assert "not where they were" in told(at_work, Level.WARNING)
    at_work.sees_move(at_work.window.dream.canvas)


def test_pictures_that_vanish_before_start(
    person: Person, session: Session, pictures_folder: Path, tmp_path: Path
) -> None:
    person.drop(pictures_folder)
    person.sees_names_of(pictures_folder)
    shutil.rmtree(pictures_folder)
    person.choose_preset("bars-rbm")
    person.press(person.window.training.head.big)
    assert "not where they were" in told(person, Level.WARNING)
    assert session.status.state is RunState.IDLE
    elsewhere = tmp_path / "found again"
    pictures.write(elsewhere)
    person.drop(elsewhere)
    person.qtbot.waitUntil(lambda: bool(session.recipe.data.paths), timeout=WAIT)


@pytest.mark.parametrize("error", [LOST, NO_MEMORY])
def test_a_device_that_fails(
    at_work: Person, session: Session, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    window, ends = at_work.window, list[Outcome]()
    session.ended.connect(lambda outcome, _error: ends.append(outcome))
    with at_work.qtbot.waitSignal(session.autosaved, timeout=WAIT):
        session.autosave.now()

    def fail(*_: object) -> None:
        raise error

    with monkeypatch.context() as patch:
        patch.setattr(Trainer, "step", fail)
        if error is LOST:
            patch.setattr(job, "weights_of", fail)
        at_work.qtbot.waitUntil(lambda: ends == [Outcome.FAILED], timeout=WAIT)
    assert told(at_work, Level.ERROR)
    at_work.sees_move(window.dream.canvas)
    assert session.kept is not None
    assert all(np.isfinite(array).all() for array in session.kept.weights.values())
    if error is NO_MEMORY:
        batch = session.recipe.training.batch
        at_work.press(window.training.head.advice.apply)
        assert session.recipe.training.batch == batch // 2
    at_work.press(window.training.head.resume)
    at_work.sees(RunState.TRAINING)
    learns_on(at_work)


def test_numbers_that_are_none_any_more(at_work: Person, session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first time the run is brought back, the second time it ends with its last good weights."""
    ends, real, spoilt = list[Outcome](), Trainer.step, [True]
    session.ended.connect(lambda outcome, _error: ends.append(outcome))

    def step(trainer: Trainer) -> None:
        if spoilt[0]:
            spoilt[0] = False
            next(iter(trainer.parameters.values())).fill_(float("nan"))
        real(trainer)

    monkeypatch.setattr(Trainer, "step", step)
    assert "ran away" in told(at_work, Level.WARNING)
    learns_on(at_work)
    spoilt[0] = True
    at_work.qtbot.waitUntil(lambda: ends == [Outcome.FAILED], timeout=WAIT)
    assert "last good weights" in told(at_work, Level.ERROR)
    assert session.kept is not None
    assert all(np.isfinite(array).all() for array in session.kept.weights.values())
    at_work.sees_move(at_work.window.dream.canvas)
