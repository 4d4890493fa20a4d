"""The wheel carries everything the studio reads at run time, and nothing of the tests."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_resources_travel_in_the_wheel(tmp_path: Path) -> None:
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    made = subprocess.run(build, cwd=ROOT, capture_output=True, text=True, check=False)
    assert made.returncode == 0, made.stderr
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        (entries,) = (archive.read(name).decode() for name in names if name.endswith("entry_points.txt"))
    files = [path for path in (ROOT / "resources").rglob("*") if path.is_file()]
    resources = {f"studio/{path.relative_to(ROOT).as_posix()}" for path in files}
    modules = {path.relative_to(ROOT).as_posix() for path in (ROOT / "studio").rglob("*.py")}
    manual = {f"studio/{path.relative_to(ROOT).as_posix()}" for path in (ROOT / "docs" / "manual").glob("*.md")}
    pictures = {f"studio/{path.relative_to(ROOT).as_posix()}" for path in (ROOT / "docs" / "pictures").glob("*.png")}
    assert resources
    assert manual
    assert pictures
    assert resources | modules | manual | pictures <= names
    assert {name.partition("/")[0] for name in names} == {"studio", wheel.name.split("-py3")[0] + ".dist-info"}
    assert "harmonium = studio.__main__:main" in entries
