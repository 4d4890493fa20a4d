"""Saving what can be saved of a damaged project."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from studio.data.spec import Scaling
from studio.dream.settings import DreamSettings
from studio.errors import ProjectError, StudioError
from studio.project.archive import Project, thumbnails_of
from studio.project.history import RunRecord
from studio.project.migrations import FORMAT, migrated, with_places
from studio.project.recipe import Recipe, build
from studio.project.run_json import run_from
from studio.project.salvage import whole_members
from studio.project.tensors import Arrays, arrays_from_bytes
from studio.project.trained import open_trained

WEIGHTS = "the weights: it has to be trained anew"
STATE = "the state of the training: it learns on from its weights, with chains that begin anew"
SCALING = "how its pictures were scaled: its dreams will look wrong until it is trained anew"
HISTORY = "the history"
DREAM = "the settings of the dream"
NUMBERS = "the numbers of the run"
LAPSE = "the time-lapse of the training"


@dataclass(frozen=True, slots=True, eq=False)
class Repaired:
    """What was saved, and in words what was lost."""

    project: Project
    lost: tuple[str, ...]

    @property
    def words(self) -> str:
        return f"Lost: {'; '.join(self.lost)}." if self.lost else "Nothing was lost."


def repaired(path: Path) -> Repaired:
    """Return what can be saved of a damaged project.

    Raises ProjectError where the recipe is lost, without which the rest means nothing.
    """
    members = whole_members(path)
    members = brought_up(members, path.name)
    lost: list[str] = []

    def part(name: str, read: Callable[[bytes], Any], words: str, instead: Any) -> Any:
        """Return a part of the project, or what stands for it where it is damaged."""
        try:
            return read(members[name])
        except (KeyError, ValueError, RecursionError, StudioError):
            lost.append(words)
            return instead

    def arrays(name: str, words: str) -> Arrays:
        found: Arrays = part(f"{name}.safetensors", lambda data: arrays_from_bytes(data, name), words, {})
        return found

    recipe = recipe_in(members, path.name)
    weights, transform, state = arrays("weights", WEIGHTS), arrays("transform", SCALING), arrays("state", STATE)
    meta = part("meta.json", numbers_in, NUMBERS, {})
    runs: tuple[RunRecord, ...] = part("history.json", lambda data: runs_in(data, lost), HISTORY, ())
    dream = part("dream.json", lambda data: build(DreamSettings, json.loads(data), "dream"), DREAM, DreamSettings())
    lapse = arrays("lapse", LAPSE)
    thumbnails = thumbnails_of(members)
    project = Project(
        recipe=recipe,
        weights=weights,
        transform=transform,
        state=state,
        meta=meta.get("training", {}),
        runs=runs,
        dream=dream,
        thumbnails=thumbnails,
        summary=meta.get("pictures", {}),
        lapse=lapse,
    )
    return fitting(project, lost)


def fitting(project: Project, lost: list[str]) -> Repaired:
    """Return the project with parts that belong together alone."""
    if recipe_needs_none(project.recipe):
        lost = [words for words in lost if words != SCALING]
    if project.weights:
        try:
            open_trained(project, "cpu")
        except StudioError:
            project = dataclasses.replace(project, weights={})
            lost.append(WEIGHTS)
    if not project.weights:
        project = dataclasses.replace(project, transform={}, state={}, meta={}, lapse={})
        lost = [words for words in lost if words not in (STATE, SCALING, NUMBERS, LAPSE)]
    elif STATE in lost or NUMBERS in lost:
        # the one means nothing without the other
        project = dataclasses.replace(project, state={}, meta={})
        lost = [words for words in lost if words != NUMBERS]
        lost = lost if STATE in lost else [*lost, STATE]
    return Repaired(project, tuple(lost))


def recipe_needs_none(recipe: Recipe) -> bool:
    return recipe.preprocess.scaling is Scaling.NONE


def recipe_in(members: Mapping[str, bytes], label: str) -> Recipe:
    try:
        return Recipe.from_dict(json.loads(members["recipe.json"]))
    except (KeyError, ValueError, RecursionError, StudioError):
        raise ProjectError(
            f"Nothing can be saved of {label}: its recipe is lost, and the rest means nothing without it.",
            "Look for another copy of it, or for an autosaved one.",
        ) from None


def numbers_in(data: bytes) -> dict[str, dict[str, Any]]:
    value = json.loads(data)
    if not isinstance(value, dict) or not all(isinstance(value.get(key, {}), dict) for key in ("training", "pictures")):
        raise ValueError
    return value


def runs_in(data: bytes, lost: list[str]) -> tuple[RunRecord, ...]:
    """Return the runs that can be read; a history of which some cannot has lost those."""
    value = json.loads(data)
    if not isinstance(value, list):
        raise ValueError
    runs = []
    for item in value:
        try:
            runs.append(run_from(item))
        except StudioError:
            lost.append(f"run {len(runs) + 1} of the history")
    return tuple(runs)


def brought_up(members: dict[str, bytes], label: str) -> dict[str, bytes]:
    """Return the members as this version has them; where the manifest is lost, they are taken to be so already.

    Only a recipe that does not say by what pictures were held out is known to be older.
    """
    try:
        number = json.loads(members["manifest.json"])["format"]
    except (KeyError, ValueError, RecursionError, TypeError):
        return with_places(members)
    if type(number) is not int or not 1 <= number <= FORMAT:
        raise ProjectError(f"{label} is of project format {str(number)[:20]}.", f"This version reads up to {FORMAT}.")
    try:
        return migrated(members, number, label)
    except ProjectError:
        return members  # weights of an older format that are damaged: they will be found to be so
