"""A crash is written down, found at the next start, and shown without what is nobody else's business."""

from __future__ import annotations

import faulthandler
import logging
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from studio.jobs.device_info import DeviceInfo
from studio.session.crash_hook import CrashHook
from studio.session.crash_log import CRASH, MOST, CrashLog, report, scrubbed


@pytest.fixture
def log(tmp_path: Path) -> Iterator[CrashLog]:
    was_on = faulthandler.is_enabled()
    made = CrashLog(tmp_path / "reports")
    made.begin()
    yield made
    made.end()
    if was_on and sys.__stderr__ is not None:
        faulthandler.enable(sys.__stderr__)


@pytest.fixture
def hook(log: CrashLog) -> Iterator[CrashHook]:
    before = sys.excepthook, threading.excepthook, sys.unraisablehook
    made = CrashHook(log)
    made.install()
    yield made
    made.remove()
    sys.excepthook, threading.excepthook, sys.unraisablehook = before


def fail(words: str = "by zero") -> None:
    try:
        raise ZeroDivisionError(words)
    except ZeroDivisionError as error:
        sys.excepthook(type(error), error, error.__traceback__)


def test_a_session_that_ended_well_leaves_nothing(log: CrashLog) -> None:
    logging.getLogger("studio").warning("nothing serious")
    assert "nothing serious" in log.path.read_text()
    log.end()
    assert not log.path.exists()


@pytest.mark.usefixtures("hook")
def test_what_nobody_caught_stays_for_the_next_start(log: CrashLog) -> None:
    fail()
    log.end()
    (crashed,) = CrashLog(log.folder).left()
    assert CRASH in crashed.text
    assert "ZeroDivisionError: by zero" in crashed.text
    assert "in fail" in crashed.text


@pytest.mark.usefixtures("hook")
def test_one_that_lives_is_not_taken_for_a_crash(log: CrashLog) -> None:
    fail()
    assert CrashLog(log.folder).left() == ()


def test_a_failure_at_every_frame_is_told_once(hook: CrashHook) -> None:
    told: list[str] = []
    hook.crashed.connect(told.append)
    for _ in range(5):
        fail()
    assert len(told) == 1
    fail("by nothing")
    assert len(told) == 2


@pytest.mark.usefixtures("hook")
def test_threads_and_what_cannot_be_raised_are_written_down(log: CrashLog) -> None:
    thread = threading.Thread(target=lambda: 1 // 0)
    thread.start()
    thread.join()

    class Stubborn:
        def __del__(self) -> None:
            raise KeyError("never to be raised")

    stubborn = Stubborn()
    del stubborn
    text = log.text()
    assert "ZeroDivisionError" in text
    assert "never to be raised" in text


FALL = """
import sys, faulthandler
from pathlib import Path
from studio.session.crash_log import CrashLog
log = CrashLog(Path(sys.argv[1]))
log.begin()
faulthandler._sigsegv()
"""


def test_a_fall_of_the_whole_process_is_found(tmp_path: Path) -> None:
    fell = subprocess.run([sys.executable, "-c", FALL, str(tmp_path)], check=False, capture_output=True)
    assert fell.returncode != 0
    (crashed,) = CrashLog(tmp_path).left()
    assert "Fatal Python error" in crashed.text or "Windows fatal exception" in crashed.text


def test_a_process_that_was_killed_without_a_word_has_no_report(tmp_path: Path) -> None:
    (tmp_path / "20260101-000000-1.log").write_text("INFO all was well\n")
    assert CrashLog(tmp_path).left() == ()
    assert not list(tmp_path.glob("*.log"))


def test_without_a_folder_the_studio_goes_on(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    made = CrashLog(tmp_path / "file" / "reports")
    made.begin()
    made.crashed(ValueError, ValueError("x"), None)
    assert made.text() == ""
    made.end()
    assert made.left() == ()


def test_the_log_ends_where_it_is_long_enough(log: CrashLog) -> None:
    for _ in range(40):
        logging.getLogger("studio").warning("x" * 50_000)
    assert log.path.stat().st_size < MOST + 100_000


@pytest.mark.parametrize(
    "text",
    [
        "/home/ann/My Secret Pictures/wall 003.jpg cannot be read",
        "cannot open '/home/ann/secret'",
        'File "/home/ann/secret/other.py", line 3, in f',
        'File "/home/ann/secret/studio/app.py", line 3, in f',
        'File "C:\\Users\\ann\\secret\\studio\\app.py", line 3',
        r"C:\Users\ann\secret\x is gone",
        "reading secret.PNG failed",
        "reading secret.npy: bad",
        "~/secret/x",
        "(/mnt/secret)",
    ],
)
def test_paths_and_pictures_are_taken_out(text: str) -> None:
    found = scrubbed(text)
    assert "secret" not in found.lower()
    assert "ann" not in found.split()


def test_places_in_the_code_stay() -> None:
    assert scrubbed('File "/home/ann/studio/session/core.py", line 7, in f') == (
        "File <studio/session/core.py>, line 7, in f"
    )
    assert "torch/nn/x.py" in scrubbed('File "/venv/lib/python3.11/site-packages/torch/nn/x.py", line 7')


def test_names_of_user_and_machine_are_taken_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("getpass.getuser", lambda: "annika")
    monkeypatch.setattr("socket.gethostname", lambda: "annikas-desk")
    assert scrubbed("annika at annikas-desk") == "<name> at <name>"


def test_a_report_holds_versions_devices_and_the_log() -> None:
    text = report("something happened", [DeviceInfo("cuda:0", "A card", "It is broken.")])
    for words in ("Harmonium Studio", "Python 3", "PySide6 6.", "torch", "cuda:0: A card It is broken.", "something"):
        assert words in text
