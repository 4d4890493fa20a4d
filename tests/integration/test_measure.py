"""The window is walked through and measured in processes of its own, as a user would."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

SLOW = ("torch", "pyqtgraph", "skimage", "scipy", "sklearn")

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


def test_the_window_shows_before_anything_slow_is_loaded(tmp_path: Path) -> None:
    command = [sys.executable, "-c", BUILT, str(tmp_path / "settings.ini"), *SLOW]
    found = subprocess.run(command, capture_output=True, text=True, check=False)
    assert found.stdout.strip() == "[]", found.stderr


def studio(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the studio with a home of its own."""
    own = dict.fromkeys(("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME"), str(home))
    command = [sys.executable, "-m", "studio", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, env={**os.environ, **own}, timeout=150)


def test_the_offscreen_check_sees_window_dream_filters_and_curves(tmp_path: Path) -> None:
    found = studio(tmp_path, "--offscreen-check")
    assert found.returncode == 0, found.stderr
    lines = found.stdout.splitlines()
    seconds = [float(line.split()[0]) for line in lines]
    assert [line.split()[-1] for line in lines] == ["window", "dream", "filters", "curves"]
    assert seconds == sorted(seconds)
    assert seconds[0] > 0
    left = [str(path) for path in tmp_path.rglob("*") if "harmonium" in path.name.lower()]
    assert not left, "the check wrote to the user's own folders"


def test_bench_ui_tells_gaps_speed_and_memory(tmp_path: Path) -> None:
    found = studio(tmp_path, "bench", "ui", "--seconds", "1", "--minutes", "0.05", "--json")
    assert found.returncode == 0, found.stderr
    figures = json.loads(found.stdout.splitlines()[-1])
    assert set(figures) >= {"ui.longest_gap", "ui.gap_p95", "ui.training_share", "ui.rss_slope"}
    assert figures["ui.longest_gap"]["value"] >= figures["ui.gap_p95"]["value"] > 0
    assert figures["ui.training_share"]["value"] > 0


def test_bench_canvas_tells_strokes_and_goings_back(tmp_path: Path) -> None:
    found = studio(tmp_path, "bench", "canvas", "--times", "2", "--frames", "4", "--json")
    assert found.returncode == 0, found.stderr
    figures = json.loads(found.stdout.splitlines()[-1])
    assert (
        min(
            figures[key]["value"]
            for key in ("canvas.stroke_p95", "canvas.stroke_held", "canvas.rewind_p95", "canvas.film_gap_p95")
        )
        > 0
    )


def test_bench_gallery_lets_visitors_paint(tmp_path: Path) -> None:
    found = studio(tmp_path, "bench", "gallery", "--minutes", "0.08", "--json")
    assert found.returncode == 0, found.stderr
    figures = json.loads(found.stdout.splitlines()[-1])
    assert figures["gallery.strokes"]["value"] > 0
    assert figures["gallery.errors"]["value"] == 0
    assert figures["gallery.rss"]["value"] > 0


def test_bench_soak_works_a_round_and_tells_what_piles_up(tmp_path: Path) -> None:
    found = studio(tmp_path, "bench", "soak", "--minutes", "0", "--json")
    assert found.returncode == 0, found.stderr
    figures = json.loads(found.stdout.splitlines()[-1])
    assert figures["soak.errors"]["value"] == 0, found.stderr
    assert {"soak.rss_slope", "soak.threads", "soak.timers", "soak.objects", "soak.handles"} <= set(figures)
    counts = {name: figures[f"soak.{name}"]["value"] for name in ("rounds", "strokes", "exports", "saves", "openings")}
    assert counts == {"rounds": 1, "strokes": 6, "exports": 6, "saves": 2, "openings": 1}


def test_data_that_is_not_there_is_a_sentence(tmp_path: Path) -> None:
    found = studio(tmp_path, "bench", "ui", "--data", str(tmp_path / "nowhere"), "--seconds", "1")
    assert found.returncode == 2
    assert "nowhere" in found.stderr
    assert "Traceback" not in found.stderr
