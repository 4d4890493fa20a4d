"""Fuzzes one reader: `one.py NAME SECONDS CORPUS FOUND`, with atheris on the path."""

from __future__ import annotations

import atexit
import shutil
import sys
import warnings
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["studio", "PIL", "zipfile", "gzip", "numpy.lib"]):
    import readers

MOST_GROWTH = 500  # megabytes
SLOWEST = 5  # seconds
LONGEST = 1 << 16  # bytes of an input


def main(name: str, seconds: str, corpus: str, found: str) -> None:
    warnings.simplefilter("ignore")  # Pillow warns of odd metadata
    reader = readers.READERS[name]
    for data in reader.sound():
        reader.feed(data)
    atexit.register(shutil.rmtree, readers.FOLDER, ignore_errors=True)
    begin = readers.resident()
    print(f"begins with {begin} MB", file=sys.stderr, flush=True)
    options = {
        "max_total_time": seconds,
        "max_len": LONGEST,
        "rss_limit_mb": begin + MOST_GROWTH,
        "timeout": SLOWEST,
        "artifact_prefix": f"{found}/",
        "print_final_stats": 1,
        "verbosity": 1,
    }
    Path(corpus).mkdir(parents=True, exist_ok=True)
    atheris.Setup([name, *(f"-{key}={value}" for key, value in options.items()), corpus], reader.feed)
    atheris.Fuzz()


if __name__ == "__main__":
    main(*sys.argv[1:])
