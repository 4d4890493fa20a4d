"""Older project formats, brought up one number at a time."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from studio.errors import ProjectError

FORMAT = 1

Members = dict[str, bytes]
Migrations = Mapping[int, Callable[[Members], Members]]

MIGRATIONS: Migrations = {}  # from format n to n + 1, by n


def migrated(
    members: Members, found: int, name: str, wanted: int = FORMAT, migrations: Migrations = MIGRATIONS
) -> Members:
    """Return the members as format `wanted` has them; `name` is the file, for the sentence when there is no way."""
    for number in range(found, wanted):
        step = migrations.get(number)
        if step is None:
            raise ProjectError(
                f"{name} is of project format {found}, which this version cannot read.",
                f"It reads format {min(migrations, default=wanted)} to {wanted}.",
            )
        members = step(members)
    return members
