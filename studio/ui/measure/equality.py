"""Whether a run that was killed and gone on with, and one that the window made, equal one that nobody disturbed."""

from __future__ import annotations

import dataclasses
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from PySide6.QtCore import QEventLoop, QSettings

from studio.cli.report import Figure
from studio.errors import StudioError
from studio.project.archive import read_project
from studio.project.hashing import model_hash
from studio.session.autosave import FOLDER_KEY
from studio.session.session import Session
from studio.ui.measure.opened import studio_command

COPY_MINUTES = "0.005"
LOOK = 0.05  # seconds between two looks for a copy
PATIENCE = 300.0
SEED = 1


@dataclass(frozen=True, slots=True)
class Learned:
    """What is trained, and in which of its stages it is killed."""

    preset: str
    data: str
    steps: int
    stage: int = 0
    least: int = 20  # steps of the stage that a copy must hold
    settings: tuple[str, ...] = ()


KILLED = {
    "rbm": Learned("bars-rbm", "sample:bars", 6000),
    "cdbn": Learned("digits-cdbn", "sample:glyphs", 800, 1),
    "codes": Learned("faces-ae-rbm", "sample:faces", 8000, 1, 20, ("model.rbm_share=0.9",)),
}
DOORS = Learned("bars-rbm", "sample:bars", 1000)


def equality(say: Callable[[str], None]) -> Iterator[tuple[str, Figure]]:
    """Yield a figure each: 1 where the weights are the same to the bit."""
    for name, learned in KILLED.items():
        with TemporaryDirectory(prefix="harmonium-") as folder:
            step, same = killed(learned, Path(folder))
        say(f"{learned.preset} killed, and gone on with at step {step:,} of its stage: {words(same)}")
        yield f"faults.resumed_{name}", Figure(float(same), "bit-equal", 1.0, float(same))
    with TemporaryDirectory(prefix="harmonium-") as folder:
        same = by_the_window(DOORS, Path(folder)) == whole(DOORS, Path(folder))
    say(f"{DOORS.preset} by the window and by the command line: {words(same)}")
    yield "faults.both_doors", Figure(float(same), "bit-equal", 1.0, float(same))


def words(same: bool) -> str:
    return "the same bits" if same else "other weights"


def command(learned: Learned, out: Path) -> list[str]:
    asked = ["--data", learned.data, "--preset", learned.preset, "--steps", str(learned.steps), "--seed", str(SEED)]
    asked += [word for setting in learned.settings for word in ("--set", setting)]
    return [*studio_command(), "train", *asked, "--out", str(out), "--json"]


def whole(learned: Learned, folder: Path) -> str:
    """Train without a disturbance; returns the hash of the weights."""
    out = folder / "whole.harmonium"
    run([*command(learned, out), "--autosave", "0"])
    return model_hash(read_project(out).weights)


def killed(learned: Learned, folder: Path) -> tuple[int, bool]:
    """Kill a run when there is a copy of its stage, go on with that; returns its step and whether it ends alike."""
    out, copy = folder / "killed.harmonium", folder / "killed.autosave.harmonium"
    process = subprocess.Popen(
        [*command(learned, out), "--autosave", COPY_MINUTES], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        meta = first_copy(process, copy, learned)
    finally:
        process.kill()
        process.wait()
    run([*studio_command(), "train", "--continue", str(copy), "--out", str(out), "--json"])
    return int(str(meta["steps"])), model_hash(read_project(out).weights) == whole(learned, folder)


def first_copy(process: subprocess.Popen[bytes], copy: Path, learned: Learned) -> Mapping[str, object]:
    """Wait for a copy of this stage; copies are replaced as a whole, so that any moment is good for a look."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        try:
            process.wait(LOOK)
        except subprocess.TimeoutExpired:
            pass
        else:
            raise StudioError("A run that was to be killed had ended before.", "Try again when the machine is quiet.")
        if copy.exists():
            project = read_project(copy)
            steps = int(project.meta.get("steps", 0))
            if int(project.state.get("stage", 0)) == learned.stage and steps >= learned.least:
                return project.meta
    raise StudioError(f"No copy of stage {learned.stage + 1} was written within {PATIENCE:.0f} s.")


def run(line: list[str]) -> None:
    found = subprocess.run(line, capture_output=True, text=True, check=False)
    if found.returncode != 0:
        raise StudioError("A run that was to be compared broke down.", found.stderr.strip()[:200])


def by_the_window(learned: Learned, folder: Path) -> str:
    """Train in a session as the window does, with somebody looking; returns the hash of the weights."""
    settings = QSettings(str(folder / "settings.ini"), QSettings.Format.IniFormat)
    settings.setValue(FOLDER_KEY, str(folder / "recovery"))
    session, loop = Session(settings), QEventLoop()
    session.begin()
    for kind in ("filters", "dream", "reconstructions"):
        session.set_wanted(kind, True)
    session.apply_preset(learned.preset)
    session.set_sample(learned.data.removeprefix("sample:"))
    session.set_training(dataclasses.replace(session.recipe.training, steps=learned.steps, seed=SEED))
    session.ended.connect(loop.quit)
    session.start()
    loop.exec()
    session.ended.disconnect(loop.quit)
    found = model_hash(session.kept.weights) if session.kept is not None else ""
    session.closed.connect(loop.quit)
    session.shutdown()
    loop.exec()
    return found
