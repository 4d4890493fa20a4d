"""Fuzz every reader of the studio with atheris, which is put into a folder of its own and is no part of the studio.

python3 packaging/dev.py fuzz [--minutes M] [--only NAME ...] [--folder DIR]

What breaks a reader is kept in DIR/found; what was learned of the formats stays in DIR/corpus for the next time.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
NAMES = ("picture", "idx", "npy", "npz", "project", "member", "recipe", "text")
ATHERIS = "atheris>=2.3"
STATS = re.compile(r"stat::(\w+):\s+(\d+)")
BEGINS = re.compile(r"begins with (\d+) MB")


def main() -> int:
    parser = argparse.ArgumentParser(prog="dev.py fuzz", description="Fuzz the readers with atheris.")
    parser.add_argument("--minutes", type=float, default=10, metavar="M", help="how long for each reader (default: 10)")
    parser.add_argument("--only", nargs="+", choices=NAMES, default=NAMES, metavar="NAME", help=", ".join(NAMES))
    parser.add_argument("--folder", type=Path, metavar="DIR", help="where to keep atheris, corpus and findings")
    chosen = parser.parse_args()
    folder = (chosen.folder or Path(tempfile.mkdtemp(prefix="harmonium-fuzz-"))).resolve()
    tool = installed(folder / "atheris")
    if tool is None:
        print("fuzz: atheris cannot be installed for this Python; it has wheels for Linux.", file=sys.stderr)
        print("      Without it: python -m pytest -k 'any_bytes or changed_bytes or hostile' tests", file=sys.stderr)
        return 2
    failed = [name for name in chosen.only if not fuzzed(name, 60 * chosen.minutes, folder, tool)]
    if failed:
        print(f"fuzz: {', '.join(failed)} broke; see {folder / 'found'}", file=sys.stderr)
    return 1 if failed else 0


def installed(folder: Path) -> Path | None:
    """Put atheris, and nothing else, into a folder."""
    if not (folder / "atheris").is_dir():
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        if subprocess.call([*pip, "--no-deps", "--target", str(folder), ATHERIS]) != 0:
            return None
    return folder


def fuzzed(name: str, seconds: float, folder: Path, tool: Path) -> bool:
    """Fuzz one reader in a process of its own, and print a line; returns whether it held."""
    found, corpus, log = folder / "found" / name, folder / "corpus" / name, folder / f"{name}.log"
    found.mkdir(parents=True, exist_ok=True)
    before = set(found.iterdir())
    paths = os.pathsep.join(map(str, (HERE, ROOT, tool)))
    environment = {**os.environ, "PYTHONPATH": paths, "QT_QPA_PLATFORM": "offscreen"}
    sound = f"import readers; from pathlib import Path; readers.write_sound({name!r}, Path({str(corpus)!r}))"
    subprocess.run([sys.executable, "-c", sound], check=True, env=environment)
    command = [sys.executable, str(HERE / "one.py"), name, str(round(seconds)), str(corpus), str(found)]
    with log.open("w", encoding="utf-8", errors="replace") as out:
        status = subprocess.call(command, env=environment, stdout=out, stderr=out)
    said = log.read_text(encoding="utf-8", errors="replace")
    stats = {key: int(value) for key, value in STATS.findall(said)}
    begin = BEGINS.search(said)
    grown = stats.get("peak_rss_mb", 0) - int(begin[1]) if begin else -1
    new = sorted(path.name for path in set(found.iterdir()) - before)
    slowest = stats.get("slowest_unit_time_sec", -1)
    print(
        f"fuzz.{name}  {stats.get('number_of_executed_units', 0):,} inputs in {seconds / 60:g} min, "
        f"slowest below {slowest + 1} s, grown {grown} MB, {len(new)} found",
        flush=True,
    )
    for line in said.splitlines() if status else ():
        if "Error" in line or line.startswith("  File") or "==" in line:
            print(f"    {line.strip()[:200]}", flush=True)
    return status == 0 and not new


if __name__ == "__main__":
    sys.exit(main())
