"""Older project formats, brought up one number at a time."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping

from studio.errors import ProjectError
from studio.project.tensors import arrays_from_bytes, arrays_to_bytes

FORMAT = 4

Members = dict[str, bytes]
Migrations = Mapping[int, Callable[[Members], Members]]

OF_A_TEXTURE = ("hidden_bias", "visible_bias")


def migrated(
    members: Members, found: int, name: str, wanted: int = FORMAT, migrations: Migrations | None = None
) -> Members:
    """Return the members as format `wanted` has them; `name` is the file, for the sentence when there is no way."""
    migrations = MIGRATIONS if migrations is None else migrations
    for number in range(found, wanted):
        step = migrations.get(number)
        if step is None:
            raise ProjectError(
                f"{name} is of project format {found}, which this version cannot read.",
                f"It reads format {min(migrations, default=wanted)} to {wanted}.",
            )
        members = step(members)
    return members


def with_textures(members: Members) -> Members:
    """Format 2: the biases of a texture model, and what training keeps of them, say first of which texture they are."""
    if family_of(members) != "texture":
        return members
    changed = dict(members)
    for part in ("weights", "state"):
        name = f"{part}.safetensors"
        arrays = arrays_from_bytes(members.get(name, b""), part)
        for key, array in arrays.items():
            if key.rpartition(".")[2] in OF_A_TEXTURE and array.ndim:
                arrays[key] = array[None]
        changed[name] = arrays_to_bytes(arrays)
    return changed


def with_lapse(members: Members) -> Members:
    """Format 3: there is a time-lapse of training, which an older project has nothing of."""
    return {**members, "lapse.safetensors": arrays_to_bytes({})}


def with_places(members: Members) -> Members:
    """Format 4: pictures are held out by their names; those of an older project were by their places among so many.

    So they were by the recipe that was being edited when it was saved.
    """
    changed = dict(members)
    for name, within in (("recipe.json", ()), ("meta.json", ("training", "draft"))):
        try:
            value = recipe = json.loads(members.get(name, b""))
            for key in within:
                recipe = recipe[key]
            recipe.setdefault("preprocess", {}).setdefault("held_by", "place")
        except (ValueError, RecursionError, AttributeError, KeyError, TypeError):
            continue  # not there, or damaged: whoever reads it next says so
        changed[name] = json.dumps(value).encode()
    return changed


def family_of(members: Members) -> str:
    """Return the model's family, nothing where the recipe is damaged: whoever reads it next says so."""
    try:
        return str(json.loads(members.get("recipe.json", b""))["model"]["family"])
    except (ValueError, RecursionError, KeyError, TypeError, IndexError):
        return ""


MIGRATIONS: Migrations = {1: with_textures, 2: with_lapse, 3: with_places}  # from format n to n + 1, by n
