"""How torch's threads wait. No torch here: it must be said before torch is first imported."""

from __future__ import annotations

import os

SHORT_SPIN = "20000"


def quieten_threads() -> None:
    """Let torch's waiting threads sleep almost at once.

    Busy waiting starves the window's thread on a small machine, sleeping at
    once costs 50 us an operation: twenty thousand turns between the two lose neither.
    """
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    os.environ.setdefault("GOMP_SPINCOUNT", SHORT_SPIN)
