"""The command line: one verb a file, every failure a sentence."""

from __future__ import annotations

import argparse
import io
import os
import signal
import sys
from collections.abc import Sequence
from typing import NoReturn

from studio import __version__
from studio.cli import (
    bench,
    desktop,
    dream,
    evaluate,
    fill,
    filters,
    info,
    interpolate,
    licences,
    presets,
    repair,
    samples,
    texture,
    thumbnail,
    train,
)
from studio.cli.report import printable
from studio.errors import StudioError

BAD_INPUT = 2
INTERRUPTED = 128 + signal.SIGINT
VERBS = (
    train,
    dream,
    fill,
    interpolate,
    texture,
    evaluate,
    filters,
    presets,
    samples,
    info,
    repair,
    thumbnail,
    desktop,
    licences,
    bench,
)


class Parser(argparse.ArgumentParser):
    """Says what is wrong in one sentence, and where to read more."""

    def error(self, message: str) -> NoReturn:
        sentence = message[:1].upper() + message[1:]
        complain(sentence.rstrip(".") + ".", f"`{self.prog} --help` shows what it takes.")
        self.exit(BAD_INPUT)


def build_parser() -> argparse.ArgumentParser:
    parser = Parser(
        prog="harmonium",
        description="Train energy-based models on your own pictures, see what they have learned, and play them.",
        epilog="Without a verb the window opens. `harmonium --self-test` says whether all of it works here.",
    )
    parser.add_argument("--version", action="version", version=f"Harmonium Studio {__version__}")
    verbs = parser.add_subparsers(title="verbs", dest="verb", metavar="VERB", required=True)
    for verb in VERBS:
        verb.add(verbs)
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one verb and return its exit status: 0, 2 after a sentence on stderr, 130 when interrupted."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # names that this terminal cannot show
    try:
        chosen = build_parser().parse_args(arguments)
        status: int = chosen.run(chosen)
        sys.stdout.flush()  # here, where a closed pipe can still be caught
        return status
    except SystemExit as ending:  # argparse after --help or a wrong argument
        return ending.code if isinstance(ending.code, int) else BAD_INPUT
    except StudioError as error:
        complain(error.message, error.hint)
        return BAD_INPUT
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # Whoever read the output has seen enough; what is still buffered must not raise again at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 128 + getattr(signal, "SIGPIPE", 13)
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        complain(f"{where}{error.strerror or error}.", "Check the file, its folder and their permissions.")
        return BAD_INPUT
    except MemoryError:
        complain("There is not enough memory for this.", "Use smaller pictures, fewer of them, or a smaller model.")
        return BAD_INPUT


def complain(message: str, hint: str = "") -> None:
    print(f"harmonium: {printable(message)}", file=sys.stderr)
    if hint:
        print(f"           {printable(hint)}", file=sys.stderr)
