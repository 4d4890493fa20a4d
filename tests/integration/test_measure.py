"""The window is walked through and measured, and broken, in processes of its own, as a user would.

The commands are begun together, two at a time: each spends its time waiting for a process to start.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest

SLOW = ("torch", "pyqtgraph", "skimage", "scipy", "sklearn")

COMMANDS = {
    "check": ("--offscreen-check",),
    "canvas": ("bench", "canvas", "--times", "1", "--frames", "4", "--json"),
    "ui": ("bench", "ui", "--data", "sample:bars", "--seconds", "0.5", "--minutes", "0.02", "--json"),
    "soak": ("bench", "soak", "--minutes", "0", "--json"),
    "kills": ("bench", "faults", "--kills", "4", "--seconds", "0.5", "--json"),
    "gallery": ("bench", "gallery", "--minutes", "0.02", "--json"),
}
Ran = tuple[subprocess.CompletedProcess[str], Path]

# Builds the window, waits for nothing, and prints which slow libraries that has loaded.
BUILT = """
import os, sys
from PySide6.QtCore import QSettings
from studio.app import Studio
from studio.ui.measure import door
settings = QSettings(sys.argv[1], QSettings.Format.IniFormat)
Studio((), settings).show()
print([name for name in sys.argv[2:] if name in sys.modules], flush=True)
os._exit(0)
"""


def studio(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the studio with a home of its own."""
    own = dict.fromkeys(("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME"), str(home))
    command = [sys.executable, "-m", "studio", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, env={**os.environ, **own}, timeout=150)


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Future[Ran]]]:
    """Begin all commands, each with a home of its own."""

    def ran(name: str, words: Sequence[str]) -> Ran:
        home = tmp_path_factory.mktemp(name)
        return studio(home, *words), home

    with ThreadPoolExecutor(2) as pool:
        yield {name: pool.submit(ran, name, words) for name, words in COMMANDS.items()}
        pool.shutdown(cancel_futures=True)


def figures_of(ran: Future[Ran]) -> dict[str, dict[str, float]]:
    """Return the figures that a command printed last, once it has ended well."""
    found, _ = ran.result()
    assert found.returncode == 0, found.stderr
    figures: dict[str, dict[str, float]] = json.loads(found.stdout.splitlines()[-1])
    return figures


def test_the_window_shows_before_anything_slow_is_loaded(tmp_path: Path) -> None:
    command = [sys.executable, "-c", BUILT, str(tmp_path / "settings.ini"), *SLOW]
    found = subprocess.run(command, capture_output=True, text=True, check=False)
    assert found.stdout.strip() == "[]", found.stderr


def test_the_offscreen_check_sees_window_dream_filters_and_curves(begun: dict[str, Future[Ran]]) -> None:
    found, home = begun["check"].result()
    assert found.returncode == 0, found.stderr
    lines = found.stdout.splitlines()
    seconds = [float(line.split()[0]) for line in lines]
    assert [line.split()[-1] for line in lines] == ["window", "dream", "filters", "curves"]
    assert seconds == sorted(seconds)
    assert seconds[0] > 0
    left = [str(path) for path in home.rglob("*") if "harmonium" in path.name.lower()]
    assert not left, "the check wrote to the user's own folders"


def test_bench_ui_tells_gaps_speed_and_memory(begun: dict[str, Future[Ran]]) -> None:
    figures = figures_of(begun["ui"])
    assert set(figures) >= {"ui.longest_gap", "ui.gap_p95", "ui.training_share", "ui.rss_slope"}
    assert figures["ui.longest_gap"]["value"] >= figures["ui.gap_p95"]["value"] > 0
    assert figures["ui.training_share"]["value"] > 0


def test_bench_canvas_tells_strokes_and_goings_back(begun: dict[str, Future[Ran]]) -> None:
    figures = figures_of(begun["canvas"])
    assert (
        min(
            figures[key]["value"]
            for key in ("canvas.stroke_p95", "canvas.stroke_held", "canvas.rewind_p95", "canvas.film_gap_p95")
        )
        > 0
    )


def test_bench_gallery_lets_visitors_paint(begun: dict[str, Future[Ran]]) -> None:
    figures = figures_of(begun["gallery"])
    assert figures["gallery.strokes"]["value"] > 0
    assert figures["gallery.errors"]["value"] == 0
    assert figures["gallery.rss"]["value"] > 0


def test_bench_soak_works_a_round_and_tells_what_piles_up(begun: dict[str, Future[Ran]]) -> None:
    figures = figures_of(begun["soak"])
    assert figures["soak.errors"]["value"] == 0, begun["soak"].result()[0].stderr
    assert {"soak.rss_slope", "soak.threads", "soak.timers", "soak.objects", "soak.handles"} <= set(figures)
    counts = {name: figures[f"soak.{name}"]["value"] for name in ("rounds", "strokes", "exports", "saves", "openings")}
    assert counts == {"rounds": 1, "strokes": 6, "exports": 6, "saves": 2, "openings": 1}


def test_data_that_is_not_there_is_a_sentence(tmp_path: Path) -> None:
    found = studio(tmp_path, "bench", "ui", "--data", str(tmp_path / "nowhere"), "--seconds", "1")
    assert found.returncode == 2
    assert "nowhere" in found.stderr
    assert "Traceback" not in found.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has neither the limits nor the modes that are tried")
def test_killed_sessions_lose_little_and_no_file_is_damaged(begun: dict[str, Future[Ran]]) -> None:
    figures = {name: item["value"] for name, item in figures_of(begun["kills"]).items()}
    found, home = begun["kills"].result()
    assert figures["faults.killed"] == 4
    assert figures["faults.files"] == 2
    assert figures["faults.copies_opened"] >= 2  # both that had no file
    assert figures["faults.copies_damaged"] == figures["faults.files_damaged"] == 0
    for name in ("disk_full", "folder_read_only", "folder_removed"):
        assert figures[f"faults.{name}"] == 1, found.stderr
    for name in ("resumed_rbm", "resumed_cdbn", "resumed_codes", "both_doors"):
        assert f"faults.{name}" not in figures  # minutes of training: asked for by --resume
    assert not [path for path in home.rglob("*") if "harmonium" in path.name.lower()]
