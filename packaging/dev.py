#!/usr/bin/env python3
"""Set up and start Harmonium Studio from a checkout; only Python's standard library is needed.

python3 packaging/dev.py run [arguments]     open the studio; arguments go to `python -m studio`
python3 packaging/dev.py run --offscreen-check   start, train and dream without a screen, then exit
python3 packaging/dev.py test [arguments]    lint, types, layers and tests; arguments go to pytest
python3 packaging/dev.py pictures [--data DIR] [--only NAME ...]   make the pictures of README and manual
python3 packaging/dev.py build [--check]     make wheel and source archive in dist; --check tries the wheel
python3 packaging/dev.py fuzz [--minutes M] [--only NAME ...] feed every reader with broken files, by atheris
python3 packaging/dev.py bundle [--no-smoke] make a folder that runs without Python, and pack it
"""

from __future__ import annotations

import ctypes
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

OLDEST_PYTHON = (3, 11)
ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
STAMP = VENV / "harmonium-setup.sha256"
CONSTRAINTS = ROOT / "packaging" / "constraints.txt"

# What Qt loads from the system, and the Debian package that brings it.
DRAWING_LIBRARIES = {
    "libglib-2.0.so.0": "libglib2.0-0",
    "libGL.so.1": "libgl1",
    "libEGL.so.1": "libegl1",
    "libfontconfig.so.1": "libfontconfig1",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libdbus-1.so.3": "libdbus-1-3",
}
WINDOW_LIBRARIES = {
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
}


class SetupError(Exception):
    """Something the person at the keyboard has to mend first."""


def say(text: str) -> None:
    print(f"harmonium: {text}", file=sys.stderr, flush=True)


def main(arguments: Sequence[str]) -> int:
    verb, rest = (arguments[0], list(arguments[1:])) if arguments else ("", [])
    if verb not in VERBS:
        print(__doc__)
        return 0 if verb in ("-h", "--help") else 2
    environment = dict(os.environ)
    if verb == "test" or "--offscreen-check" in rest:
        environment["QT_QPA_PLATFORM"] = "offscreen"
    try:
        require_python()
        require_packages(missing_packages(environment))
        prepare()
        return VERBS[verb](rest, environment)
    except SetupError as problem:
        say(str(problem))
        return 1
    except KeyboardInterrupt:
        return 130


def require_python() -> None:
    if sys.version_info < OLDEST_PYTHON:
        found = ".".join(str(part) for part in sys.version_info[:3])
        wanted = ".".join(str(part) for part in OLDEST_PYTHON)
        raise SetupError(
            f"This is Python {found}; Harmonium Studio wants {wanted} or newer. Start dev.py with that one."
        )


def missing_packages(environment: dict[str, str]) -> list[str]:
    """Return the Debian packages that have to be installed first."""
    if not sys.platform.startswith("linux"):
        return []
    libraries = dict(DRAWING_LIBRARIES)
    if environment.get("QT_QPA_PLATFORM") != "offscreen" and environment.get("DISPLAY"):
        libraries.update(WINDOW_LIBRARIES)
    missing = [package for name, package in libraries.items() if not loadable(name)]
    if importlib.util.find_spec("ensurepip") is None or importlib.util.find_spec("venv") is None:
        missing.append("python{}.{}-venv".format(*sys.version_info[:2]))
    return missing


def loadable(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def require_packages(packages: Sequence[str]) -> None:
    """Install Debian packages as root, or say how."""
    if not packages:
        return
    names = " ".join(packages)
    if shutil.which("apt-get") is None:
        raise SetupError(f"System libraries are missing. Install what your system calls: {names}")
    if os.geteuid() != 0:
        line = f"sudo apt-get update && sudo apt-get install -y --no-install-recommends {names}"
        raise SetupError(f"System libraries are missing. Install them, then start again:\n\n    {line}\n")
    say(f"installing system libraries: {names}")
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["apt-get", "update"], ["apt-get", "install", "-y", "--no-install-recommends", *packages]):
        if subprocess.call(command, env=quiet) != 0:
            raise SetupError(f"`{' '.join(command)}` failed; its output above says why.")


def prepare() -> None:
    """Bring .venv to what pyproject.toml and the constraints ask for; at once when it is there already."""
    wanted = fingerprint()
    if works(PYTHON) and STAMP.is_file() and STAMP.read_text(encoding="utf-8") == wanted:
        return
    STAMP.unlink(missing_ok=True)
    if not works(PYTHON):
        say(f"creating {VENV}")
        require_success([sys.executable, "-m", "venv", "--clear", str(VENV)], "The virtual environment was not created")
    say("installing the pinned dependencies; the first time takes some minutes")
    pip = [str(PYTHON), "-m", "pip", "install", "--disable-pip-version-check", "-c", str(CONSTRAINTS)]
    failed = "The dependencies were not installed"
    # The build tool comes first and pinned, since an isolated build would fetch an unpinned one.
    require_success([*pip, "hatchling"], failed)
    require_success([*pip, "--no-build-isolation", "-e", ".[test]"], failed)
    STAMP.write_text(wanted, encoding="utf-8")


def fingerprint() -> str:
    """Identify everything an installed .venv depends on."""
    digest = hashlib.sha256(f"{sys.version_info[:2]} {ROOT}".encode())
    for path in (ROOT / "pyproject.toml", CONSTRAINTS):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def works(python: Path) -> bool:
    """Say whether this interpreter starts and has pip; a half-made .venv has not."""
    if not python.exists():
        return False
    found = subprocess.run(
        [str(python), "-c", "import pip, sys; print(sys.version_info[:2])"], capture_output=True, text=True
    )
    return found.returncode == 0 and found.stdout.strip() == str(sys.version_info[:2])


def require_success(command: Sequence[str], problem: str) -> None:
    if subprocess.call(command, cwd=ROOT) != 0:
        raise SetupError(f"{problem}; the output above says why. Start again once that is mended.")


def run(arguments: Sequence[str], environment: dict[str, str]) -> int:
    command = [str(PYTHON), "-m", "studio", *arguments]
    if os.name == "posix":
        # In place of this script, so that Ctrl+C and signals reach the studio, which keeps its work before it ends.
        os.execve(command[0], command, {**environment, "HARMONIUM_STARTED": str(time.time())})
    return subprocess.call(command, env=environment)


def pictures(arguments: Sequence[str], environment: dict[str, str]) -> int:
    """Make the pictures of README and manual in docs/pictures."""
    environment.setdefault("QT_QPA_PLATFORM", "offscreen")
    command = [str(PYTHON), str(ROOT / "packaging" / "pictures"), *arguments]
    return subprocess.call(command, cwd=ROOT, env={**environment, "PYTHONPATH": str(ROOT)})


def build(arguments: Sequence[str], environment: dict[str, str]) -> int:
    """Make the wheel and the source archive in dist."""
    return subprocess.call([str(PYTHON), str(ROOT / "packaging" / "build.py"), *arguments], cwd=ROOT, env=environment)


def bundle(arguments: Sequence[str], environment: dict[str, str]) -> int:
    """Make a folder that runs without Python, packed in dist."""
    return subprocess.call([str(PYTHON), str(ROOT / "packaging" / "bundle"), *arguments], cwd=ROOT, env=environment)


def fuzz(arguments: Sequence[str], environment: dict[str, str]) -> int:
    """Fuzz every reader with atheris, which is put into a folder of its own."""
    return subprocess.call([str(PYTHON), str(ROOT / "packaging" / "fuzz"), *arguments], cwd=ROOT, env=environment)


def test(arguments: Sequence[str], environment: dict[str, str]) -> int:
    """Run every check, also after one has failed, and name those that did."""
    python = str(PYTHON)
    # Some tests start the program anew, dozens of times in all: each would compile all of it for itself.
    environment = {name: value for name, value in environment.items() if name != "PYTHONDONTWRITEBYTECODE"}
    checks = {
        "ruff check": [python, "-m", "ruff", "check"],
        "ruff format": [python, "-m", "ruff", "format", "--check"],
        "mypy": [python, "-m", "mypy"],
        "import layers": [python, "-c", "from importlinter.cli import lint_imports_command as run; run()"],
        # A process for each core; a file stays in one, and so does what its tests share. They come in their order, in
        # which the longest files are not the last: by the number of tests, those that start processes would be.
        "pytest": [
            *(python, "-m", "pytest", "--numprocesses", "auto", "--dist", "loadfile", "--no-loadscope-reorder"),
            *arguments,
        ],
    }
    failed = []
    for name, command in checks.items():
        say(name)
        if subprocess.call(command, cwd=ROOT, env=environment) != 0:
            failed.append(name)
    say(f"failed: {', '.join(failed)}" if failed else "all checks passed")
    return 1 if failed else 0


VERBS = {"run": run, "test": test, "pictures": pictures, "build": build, "fuzz": fuzz, "bundle": bundle}

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
