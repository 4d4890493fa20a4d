"""What every test gets: a home of its own, no screen, and a watch on what it leaves behind."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import hypothesis
import pytest

from tests.helpers import leaks, pictures

if TYPE_CHECKING:
    from PySide6.QtCore import QSettings

# Set before torch and Qt are imported: both read their environment once.
HOME = Path(tempfile.mkdtemp(prefix="harmonium-tests-"))
HOME_VARIABLES = ("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME", "XDG_RUNTIME_DIR")
os.environ.update(dict.fromkeys(HOME_VARIABLES, str(HOME)))
# What hypothesis reads out of the source, seconds in each process, is kept from run to run by a hash of that source.
os.environ["HYPOTHESIS_STORAGE_DIRECTORY"] = str(Path(__file__).parent.parent / ".hypothesis")
os.environ.update(QT_QPA_PLATFORM="offscreen", OMP_WAIT_POLICY="PASSIVE")

# The same examples on every run and machine; a busy machine is not a failing one.
hypothesis.settings.register_profile("studio", deadline=None, derandomize=True, database=None)
hypothesis.settings.load_profile("studio")


def pytest_unconfigure() -> None:
    shutil.rmtree(HOME, ignore_errors=True)


@pytest.fixture(autouse=True)
def empty_home() -> Iterator[None]:
    """Take away what a test wrote to the per-user folders, so that no test reads another's settings."""
    yield
    for path in HOME.iterdir():
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()


@pytest.fixture(autouse=True)
def nothing_left_behind() -> Iterator[None]:
    """Fail a test that leaves threads, timers or widgets behind."""
    watch = leaks.Watch()
    yield
    left = watch.finish()
    if left:
        pytest.fail("This test left something behind.\n" + "\n".join(left), pytrace=False)


@pytest.fixture
def settings(tmp_path: Path) -> QSettings:
    """Settings in a temporary file."""
    from PySide6.QtCore import QSettings

    return QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat)


@pytest.fixture
def pictures_folder(tmp_path: Path) -> Path:
    """A folder of twelve small colour PNG files, 24 pixels high and 32 wide."""
    folder = tmp_path / "pictures"
    pictures.write(folder)
    return folder
