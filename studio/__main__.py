"""`harmonium` and `python -m studio`: without arguments or with a project the window, with a verb the command line."""

from __future__ import annotations

import gc
import importlib.util
import os
import sys
import time

from studio.jobs.threads import quieten_threads

PROJECT_SUFFIX = ".harmonium"
CHECK = "--offscreen-check"
SELF_TEST = "--self-test"
WINDOW_BENCHES = ("start", "ui", "gallery", "canvas", "soak", "faults", "autosave")


def main() -> int:
    """Choose the door by the first argument and return the exit status."""
    quieten_threads()
    argv = sys.argv[1:]
    if argv[:1] == [CHECK]:
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
        return measure(argv)
    if argv == [SELF_TEST]:
        return self_test(time.monotonic())
    if argv[:1] == ["bench"] and argv[1:2] and argv[1] in WINDOW_BENCHES:
        if sys.platform.startswith("linux") and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
            os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
        return measure(argv[1:])
    if not argv or argv[0].lower().endswith(PROJECT_SUFFIX):
        if importlib.util.find_spec("PySide6") is None:
            print("harmonium: The window needs PySide6, which is not installed.", file=sys.stderr)
            print(
                "           Install harmonium-studio whole, or use the command line: `harmonium --help`.",
                file=sys.stderr,
            )
            return 2
        gc.disable()  # nothing that is imported is garbage, and looking for it takes a tenth of the start
        from studio import app

        gc.enable()
        return app.main(argv)
    from studio.cli import main as cli

    return cli.main(argv)


def self_test(began: float) -> int:
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    if importlib.util.find_spec("PySide6") is None:
        from studio.cli import self_test as windowless

        return windowless.main(began)
    from studio import app
    from studio.ui.measure.self_test import self_test

    return self_test(app.Studio, began)


def measure(argv: list[str]) -> int:
    from studio import app
    from studio.ui.measure import door

    return door.main(argv, app.Studio)


if __name__ == "__main__":
    sys.exit(main())
