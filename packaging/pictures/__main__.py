"""Make the pictures of README and manual: the real window at work, and what each preset learns and dreams.

python3 packaging/dev.py pictures [--data DIR] [--only NAME ...] [--pairs DIR]

DIR holds picture sets by the names in presets.py; what is not there is learned from a bundled set instead.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import controls
import first
import instrument
import keep
import lessons
import presets
import samples
import settings
import shots
import textures

from studio.errors import StudioError


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="dev.py pictures", description="Make the pictures of README and manual.")
    parser.add_argument("--data", type=Path, metavar="DIR", help="a folder of picture sets")
    parser.add_argument(
        "--only",
        nargs="+",
        default=[],
        metavar="NAME",
        help="a preset, window, instrument, textures, controls, lessons, settings, first or samples",
    )
    parser.add_argument("--pairs", type=Path, metavar="DIR", help="what `bench textures --pictures DIR` left already")
    chosen = parser.parse_args(arguments)
    try:
        if "first" in chosen.only:
            first.make()
        if "samples" in chosen.only:
            samples.make()
        if not chosen.only or "controls" in chosen.only:
            controls.make()
        if not chosen.only or "lessons" in chosen.only:
            lessons.make()
        if not chosen.only or "settings" in chosen.only:
            settings.make()
        if not chosen.only or "window" in chosen.only:
            shots.make(chosen.data)
        if not chosen.only or "instrument" in chosen.only:
            instrument.make()
        if not chosen.only or "textures" in chosen.only:
            textures.make(chosen.data, chosen.pairs)
        presets.make(chosen.data, chosen.only)
        keep.check_size()
    except StudioError as error:
        print(f"pictures: {error.message} {error.hint}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
