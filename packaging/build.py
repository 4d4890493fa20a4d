"""Build wheel and source archive into dist/, and with --check install the wheel where nothing is, and try it.

python3 packaging/dev.py build            make both
python3 packaging/dev.py build --check    make both, then build the wheel again from the source archive, install it
                                          into an empty virtual environment and run `harmonium --self-test` there
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tarfile
import time
import venv
import zipfile
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parent.parent
DIST = ROOT / "dist"
CONSTRAINTS = ROOT / "packaging" / "constraints.txt"


class CheckError(Exception):
    """What was built does not do what it should."""


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="dev.py build", description="Build wheel and source archive into dist/.")
    parser.add_argument("--check", action="store_true", help="install the wheel into an empty environment and try it")
    chosen = parser.parse_args(arguments)
    try:
        wheel, source = build(ROOT, DIST)
        for made in (wheel, source):
            say(f"{made.relative_to(ROOT)}, {made.stat().st_size / 1e6:.1f} MB")
        if chosen.check:
            with TemporaryDirectory(prefix="harmonium-build-") as folder:
                compare(wheel, source, Path(folder))
                try_out(wheel, Path(folder))
    except CheckError as problem:
        say(str(problem))
        return 1
    return 0


def say(text: str) -> None:
    print(f"harmonium: {text}", flush=True)


def build(root: Path, into: Path) -> tuple[Path, Path]:
    """Return the wheel and the source archive of the tree at `root`."""
    into.mkdir(parents=True, exist_ok=True)
    for old in (*into.glob("harmonium_studio-*.whl"), *into.glob("harmonium_studio-*.tar.gz")):
        old.unlink()
    run([sys.executable, "-m", "hatchling", "build", "-d", str(into)], root, "Nothing was built")
    (wheel,) = into.glob("*.whl")
    (source,) = into.glob("*.tar.gz")
    return wheel, source


def run(command: Sequence[str], folder: Path, problem: str, environment: dict[str, str] | None = None) -> None:
    if subprocess.call(list(command), cwd=folder, env=environment) != 0:
        raise CheckError(f"{problem}; the output above says why.")


def compare(wheel: Path, source: Path, folder: Path) -> None:
    """Build the wheel once more, from the source archive; raises CheckError where it holds other files."""
    with tarfile.open(source) as archive:
        archive.extractall(folder / "source", filter="data")
    (root,) = (folder / "source").iterdir()
    again, _ = build(root, folder / "again")
    differing = names(wheel) ^ names(again)
    if differing:
        raise CheckError(f"The wheel of the source archive differs: {', '.join(sorted(differing)[:10])}.")
    say("the source archive builds the same wheel")


def names(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def try_out(wheel: Path, folder: Path) -> None:
    """Install the wheel where nothing is and run its self-test, far from this tree."""
    home = folder / "home"
    home.mkdir()
    say("installing the wheel into an empty environment")
    began = time.monotonic()
    venv.create(folder / "venv", with_pip=True)
    scripts = folder / "venv" / ("Scripts" if os.name == "nt" else "bin")
    python = scripts / ("python.exe" if os.name == "nt" else "python")
    pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-c", str(CONSTRAINTS)]
    run([*pip, str(wheel)], folder, "The wheel was not installed")
    say(f"installed in {time.monotonic() - began:.0f} s")
    apart = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "XDG_", "QT_"))}
    apart |= {"HOME": str(home), "USERPROFILE": str(home)}
    command = scripts / ("harmonium.exe" if os.name == "nt" else "harmonium")
    run([str(command), "--version"], home, "The command does not start", apart)
    run([str(command), "--self-test"], home, "The self-test failed", apart)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
