"""The self-test with its window: dream, training, filters and curves drawn unseen, then what needs no window."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from PySide6.QtGui import QImageReader

from studio.cli.self_test import NotAsItShould, Rehearsal, rehearsals, rehearse
from studio.ui.measure.opened import Opener, open_fresh
from studio.ui.measure.start import WORDS, Walk


def self_test(opener: Opener, began: float) -> int:
    """Print one line a check and the seconds since `began`, a time of `time.monotonic`; returns 0 when all passed."""

    def window(_folder: Path) -> str:
        if b"svg" not in [bytes(name.data()) for name in QImageReader.supportedImageFormats()]:
            raise NotAsItShould("Qt cannot draw SVG: its plugin is missing.")
        return walked(opener)

    return rehearse((Rehearsal("the window", window), *rehearsals()), began)


def walked(opener: Opener) -> str:
    """Walk once through the house and return how long that took."""
    folder = TemporaryDirectory(prefix="harmonium-")
    with folder:
        opened = open_fresh(opener, folder)
        walk = Walk(opened, "", quiet=True)
        walk.check.begin()
        opened.show()
        opened.execute()
    if walk.problem:
        raise NotAsItShould(walk.problem)
    return ", ".join(f"{seconds:.1f} s {WORDS[name]}" for name, seconds in walk.check.times.items())
