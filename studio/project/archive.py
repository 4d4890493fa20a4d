"""Saving and opening a project: one *.harmonium file that holds all but the pictures."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from studio import __version__
from studio.atomic import write_atomically
from studio.dream.settings import DreamSettings
from studio.errors import ProjectError
from studio.project.container import Container, opened, pack
from studio.project.hashing import model_hash
from studio.project.history import RunRecord
from studio.project.migrations import migrated
from studio.project.recipe import Recipe, build, plain
from studio.project.run_json import runs_from_list, runs_to_list
from studio.project.tensors import Arrays, arrays_from_bytes, arrays_to_bytes

SUFFIX = ".harmonium"
PAINTED = "canvas/"  # before the names of what is kept of the canvas, among the arrays of the state
PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"


@dataclass(frozen=True, slots=True, eq=False)
class Project:
    """All that is kept of a model and its runs.

    `weights` are the model's parameters, `transform` the fitted part of the
    preprocessing, `state` what the trainer needs to go on bit for bit (velocity,
    chains, generator bytes), `meta` its plain numbers. `thumbnails` are PNG
    bytes by name, `summary` says which pictures it learned from, `lapse` is the
    time-lapse of training, `canvas` the packed pixels of what was painted.
    """

    recipe: Recipe
    weights: Arrays = field(default_factory=dict)
    transform: Arrays = field(default_factory=dict)
    state: Arrays = field(default_factory=dict)
    meta: Mapping[str, Any] = field(default_factory=dict)
    runs: tuple[RunRecord, ...] = ()
    dream: DreamSettings = field(default_factory=DreamSettings)
    thumbnails: Mapping[str, bytes] = field(default_factory=dict)
    summary: Mapping[str, Any] = field(default_factory=dict)
    lapse: Arrays = field(default_factory=dict)
    canvas: Arrays = field(default_factory=dict)


def write_project(path: Path, project: Project, created: str | None = None) -> None:
    """Save `project`, replacing what is at `path` in one step.

    The same project and `created` give the same bytes; `created` defaults to now.
    Raises ProjectError where the file cannot be written.
    """
    write_atomically(path, to_bytes(project, created))


def to_bytes(project: Project, created: str | None = None) -> memoryview:
    manifest = {
        "application": __version__,
        "created": created or datetime.now(UTC).isoformat(timespec="seconds"),
        "model": model_hash(project.weights) if project.weights else "",
    }
    members = {
        "recipe.json": project.recipe.to_json().encode(),
        "meta.json": to_json({"training": dict(project.meta), "pictures": dict(project.summary)}),
        "dream.json": to_json(plain(project.dream)),
        "history.json": to_json(runs_to_list(project.runs)),
        "weights.safetensors": arrays_to_bytes(project.weights),
        "transform.safetensors": arrays_to_bytes(project.transform),
        "state.safetensors": arrays_to_bytes({**project.state, **painted(project)}),
        "lapse.safetensors": arrays_to_bytes(project.lapse),
        **{f"thumbnails/{name}.png": project.thumbnails[name] for name in sorted(project.thumbnails)},
    }
    return pack(members, manifest)


def read_project(path: Path) -> Project:
    """Open a project.

    Raises ProjectError or SettingsError, with a sentence, on any file that is
    not a whole project of a known format; no code of the file is ever run.
    """
    with opened(path) as container:
        members = {name: container.read(name) for name in container.names()}
        found = container.format
    members = migrated(members, found, path.name)
    return project_from(members, container)


def project_from(members: Mapping[str, bytes], container: Container) -> Project:
    def arrays(name: str) -> Arrays:
        return arrays_from_bytes(member(f"{name}.safetensors"), name)

    def value(name: str) -> Any:
        return json_of(member(f"{name}.json"), name, container)

    def member(name: str) -> bytes:
        if name not in members:
            raise container.damaged(f"{name} is missing")
        return members[name]

    meta = value("meta")
    if not isinstance(meta, dict):
        raise container.damaged("meta.json is no object")
    training, pictures = meta.get("training", {}), meta.get("pictures", {})
    if not isinstance(training, dict) or not isinstance(pictures, dict):
        raise container.damaged("meta.json is no object of objects")
    state = arrays("state")
    return Project(
        recipe=Recipe.from_dict(value("recipe")),
        weights=arrays("weights"),
        transform=arrays("transform"),
        state={name: array for name, array in state.items() if not name.startswith(PAINTED)},
        meta=training,
        runs=runs_from_list(value("history")),
        dream=build(DreamSettings, value("dream"), "dream"),
        thumbnails=thumbnails_of(members),
        summary=pictures,
        lapse=arrays("lapse"),
        canvas={name.removeprefix(PAINTED): array for name, array in state.items() if name.startswith(PAINTED)},
    )


def painted(project: Project) -> Arrays:
    """Return the pixels of the canvas as they lie beside the state: a studio that knows none passes them over."""
    return {f"{PAINTED}{name}": array for name, array in project.canvas.items()}


def thumbnails_of(members: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return the thumbnails by bare name; one that is no PNG is left out, since nothing depends on it."""
    return {
        name.removeprefix("thumbnails/").removesuffix(".png"): data
        for name, data in sorted(members.items())
        if name.startswith("thumbnails/") and data.startswith(PNG_SIGNATURE)
    }


def to_json(value: Any) -> bytes:
    try:
        return json.dumps(value, indent=None, separators=(",", ":")).encode()
    except (TypeError, ValueError) as error:
        raise ProjectError(f"The project holds a value that cannot be kept: {error}.", "") from error


def json_of(data: bytes, name: str, container: Container) -> Any:
    try:
        return json.loads(data)
    except (ValueError, RecursionError):
        raise container.damaged(f"{name}.json is not JSON") from None
