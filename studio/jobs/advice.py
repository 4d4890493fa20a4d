"""A remark on a run in plain words, with the change that would help."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Advice:
    """`change` maps a setting of the recipe (`training.sparsity_cost`) to its proposed value; empty when only said.

    `device` is where to compute from then on, where that would help.
    """

    text: str
    question: str = ""
    change: Mapping[str, float] = field(default_factory=dict)
    device: str = ""
