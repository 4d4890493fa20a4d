"""Long work cut into small steps, so that whoever runs it may do something else between two."""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import TypeVar

T = TypeVar("T")
Stepwise = Generator[tuple[int, int], None, T]  # yields what is done and how much there is to do; returns the result


def finished(work: Stepwise[T], tell: Callable[[int, int], None] | None = None) -> T:
    """Take every step at once, telling how far it is, and return the result."""
    while True:
        try:
            done, total = next(work)
        except StopIteration as end:
            result: T = end.value
            return result
        if tell is not None:
            tell(done, total)


def part_of(work: Stepwise[T], place: int, count: int) -> Stepwise[T]:
    """Take the steps of one of several equal parts, and return its result."""
    while True:
        try:
            done, total = next(work)
        except StopIteration as end:
            result: T = end.value
            return result
        yield place * total + done, count * total
