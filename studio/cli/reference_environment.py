"""A throw-away environment that sees the packages of this one and has others beside them, installed by pip."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

LOOPS = Path(__file__).with_name("reference_loops.py")
# The two come without what they ask for: this torch is there already, and another would be gigabytes.
WANTED = (
    ("scikit-learn", ("scikit-learn",)),
    ("learnergy", ("--no-deps", "learnergy")),
    ("rbms", ("--no-deps", "rbms")),
)
BESIDE = ("matplotlib", "h5py", "tqdm", "scikit-image")


class Environment:
    """`missing` says of each of the others that could not be installed, why."""

    def __init__(self, folder: Path) -> None:
        venv.create(folder, with_pip=True)
        self._python = folder / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
        found = self._run("-c", "import sysconfig; print(sysconfig.get_path('purelib'))")
        own = Path(found.stdout.strip())
        paths = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}
        (own / "beside.pth").write_text("\n".join(sorted(paths)) + "\n", "utf-8")
        self.missing: dict[str, str] = {}
        beside = self._install(*BESIDE)
        for name, packages in WANTED:
            reason = self._install(*packages) or (beside if name != "scikit-learn" else "")
            if reason:
                self.missing[name] = reason

    def measure(self, name: str, rows: Path, hidden: int, batch: int, threads: int) -> tuple[str, float] | str:
        """Return version and pictures a second of one of the others, or why there are none."""
        if name in self.missing:
            return self.missing[name]
        numbers = [str(number) for number in (hidden, batch, threads)]
        found = self._run(str(LOOPS), name, str(rows), *numbers, threads=threads)
        try:
            told = json.loads(found.stdout.splitlines()[-1])
            return str(told["version"]), float(told["speed"])
        except (IndexError, ValueError, KeyError):
            return f"did not run: {last_line(found.stderr)}"

    def _install(self, *packages: str) -> str:
        """Return nothing when it went well, else why not."""
        found = self._run("-m", "pip", "install", "--quiet", "--disable-pip-version-check", *packages)
        return f"could not be installed: {last_line(found.stderr)}" if found.returncode else ""

    def _run(self, *arguments: str, threads: int = 1) -> subprocess.CompletedProcess[str]:
        environment = {**os.environ, "OMP_NUM_THREADS": str(threads), "OPENBLAS_NUM_THREADS": str(threads)}
        environment.pop("PYTHONPATH", None)
        return subprocess.run(
            [str(self._python), *arguments], capture_output=True, text=True, check=False, env=environment
        )


def last_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1][:160] if lines else "no reason was given"
