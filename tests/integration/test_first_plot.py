"""The studio in a process of its own: the plotting library is there before anybody asks for a curve."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

START = """
import sys
from PySide6.QtCore import QSettings, QTimer
from studio.app import PLOTS, Studio
from studio.session.autosave import FOLDER_KEY
from studio.session.crash_log import REPORTS_KEY
settings = QSettings(sys.argv[1] + "/settings.ini", QSettings.Format.IniFormat)
settings.setValue(REPORTS_KEY, sys.argv[1] + "/reports")
settings.setValue(FOLDER_KEY, sys.argv[1] + "/recovery")
studio = Studio((), settings)
frames = []
studio.session.frame_arrived.connect(lambda kind, _frame: frames.append(kind))
studio.show()
assert PLOTS not in sys.modules

def look():
    if hasattr(sys.modules.get(PLOTS), "CurvePlot") and "dream" in frames:
        timer.stop()
        sys.modules[PLOTS].CurvePlot().grab()
        print("drawn", not studio.session.runs)
        studio.window.close_at_once()

timer = QTimer()
timer.timeout.connect(look)
timer.start(50)
sys.exit(studio.execute())
"""


def test_the_plotting_library_is_loaded_beside_the_first_dream(tmp_path: Path) -> None:
    own = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    command = [sys.executable, "-c", START, str(tmp_path)]
    ended = subprocess.run(command, capture_output=True, text=True, check=False, env=own, timeout=120)
    assert (ended.returncode, ended.stdout) == (0, "drawn True\n"), ended.stderr
    assert "Traceback" not in ended.stderr
    assert "thread" not in ended.stderr
