"""`harmonium` and `python -m studio`: without arguments or with a project the window, with a verb the command line."""

from __future__ import annotations

import os
import sys

PROJECT_SUFFIX = ".harmonium"


def main() -> int:
    """Choose the door by the first argument and return the exit status."""
    # torch reads this once, when it is imported: idle threads that spin slow two busy cores to a fifth
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    argv = sys.argv[1:]
    if not argv or argv[0].lower().endswith(PROJECT_SUFFIX):
        from studio import app

        return app.main(argv)
    from studio.cli import main as cli

    return cli.main(argv)


if __name__ == "__main__":
    sys.exit(main())
