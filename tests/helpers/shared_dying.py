"""A command line of which the second process dies without a word in the middle of a step, once a copy was written."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from torch import Tensor

from studio.cli.main import main
from studio.training.settings import TrainSettings
from studio.training.shared_rule import SharedDivergence
from studio.training.terms import Term

DIED = 7


TERMS = SharedDivergence.terms


def dying(rule: SharedDivergence, batch: Tensor, settings: TrainSettings) -> Mapping[str, Term]:
    """End this process once there is a copy."""
    if Path(sys.argv[-1]).with_suffix(".autosave.harmonium").exists():
        os._exit(DIED)
    return TERMS(rule, batch, settings)


if __name__ == "__main__":
    if os.environ["RANK"] == "1":
        setattr(SharedDivergence, "terms", dying)  # noqa: B010  # a method replaced, as no type would have it
    sys.exit(main(sys.argv[1:]))
