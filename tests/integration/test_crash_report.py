"""The studio in a process of its own: a crash is shown at the next start, once; a good end leaves nothing."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

START = """
import sys
from PySide6.QtCore import QSettings, QTimer
from studio.app import Studio
from studio.session.autosave import FOLDER_KEY
from studio.session.crash_log import REPORTS_KEY
from studio.ui.crash_dialog import CrashDialog
settings = QSettings(sys.argv[1] + "/settings.ini", QSettings.Format.IniFormat)
settings.setValue(REPORTS_KEY, sys.argv[1] + "/reports")
settings.setValue(FOLDER_KEY, sys.argv[1] + "/recovery")
studio = Studio((), settings)
studio.show()

def look():
    dialogs = studio.window.findChildren(CrashDialog)
    if dialogs or studio.session.devices:
        timer.stop()
        for dialog in dialogs:
            print(dialog.windowTitle(), dialog.text.toPlainText())
        studio.window.close_at_once()

timer = QTimer()
timer.timeout.connect(look)
timer.start(50)
sys.exit(studio.execute())
"""

FALL = """
import faulthandler, sys
from pathlib import Path
from studio.session.crash_log import CrashLog
CrashLog(Path(sys.argv[1]) / "reports").begin()
faulthandler._sigsegv()
"""


def run(script: str, folder: Path) -> subprocess.CompletedProcess[str]:
    own = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    command = [sys.executable, "-c", script, str(folder)]
    return subprocess.run(command, capture_output=True, text=True, check=False, env=own, timeout=120)


def test_a_crash_is_shown_once_at_the_next_start(tmp_path: Path) -> None:
    assert run(FALL, tmp_path).returncode != 0
    next_start = run(START, tmp_path)
    assert next_start.returncode == 0, next_start.stderr
    assert next_start.stdout.startswith("The studio crashed last time Harmonium Studio")
    assert str(tmp_path) not in next_start.stdout
    after = run(START, tmp_path)
    assert after.returncode == 0, after.stderr
    assert "crashed" not in after.stdout
    assert not list((tmp_path / "reports").iterdir())
