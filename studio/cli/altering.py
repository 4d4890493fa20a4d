"""Options that dream with an altered copy of a project's model."""

from __future__ import annotations

import argparse
import dataclasses
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from studio.cli.options import existing
from studio.models.altered import Altered, Operation
from studio.project.altered_record import FADE, GLITCH, TRANSPLANT, read_fade, read_glitch, read_transplant

if TYPE_CHECKING:
    from studio.project.archive import Project
    from studio.project.trained import Trained

OTHER = "Check the path: it names another project, *.harmonium."


class InOrder(argparse.Action):
    """Keeps glitches and transplants in the order in which they were given."""

    def __call__(
        self,
        _parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: str | Sequence[Any] | None,
        option: str | None = None,
    ) -> None:
        before = getattr(namespace, self.dest) or []
        setattr(namespace, self.dest, [*before, (option, str(values))])


def add_altering(parser: argparse.ArgumentParser) -> None:
    """Add the options that alter a copy of the model; the project's own stays as it is."""
    parser.add_argument(
        "--glitch",
        action=InOrder,
        dest="operations",
        metavar=GLITCH,
        help="alter the weights: quantise, shuffle, flips or gain; an amount 0 to 1; a seed; "
        "part0, part1 .. or filters 3,5-7 (repeatable)",
    )
    parser.add_argument(
        "--transplant",
        action=InOrder,
        dest="operations",
        metavar=TRANSPLANT,
        help="filters of another project's model in place of these (repeatable)",
    )
    parser.add_argument("--step", type=int, metavar="N", help="the weights of a step of the time-lapse of training")
    parser.add_argument("--fade", metavar=FADE, help="go over to another project's model: 0 is this one, 1 the other")


def altering(arguments: argparse.Namespace) -> Altered:
    """Return what the options ask for; raises SettingsError or DataError where it cannot be."""
    operations: list[Operation] = []
    for option, text in arguments.operations or []:
        if option == "--glitch":
            operations.append(read_glitch(text))
        else:
            one = read_transplant(text)
            operations.append(dataclasses.replace(one, path=existing(one.path, OTHER)))
    fade = read_fade(arguments.fade) if arguments.fade is not None else None
    if fade is not None:
        fade = dataclasses.replace(fade, path=existing(fade.path, OTHER))
    return Altered(tuple(operations), fade, arguments.step)


def altered_as(trained: Trained, altered: Altered, project: Project) -> Trained:
    """Return the model of a project altered so; the same where nothing is asked for."""
    from studio.project.altering import OtherProjects
    from studio.project.altering import altered as made
    from studio.project.lapse import from_arrays

    return (
        trained if altered.neutral else made(trained, altered, OtherProjects().open, from_arrays(project.lapse)).trained
    )
