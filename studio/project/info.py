"""What a project file holds, at a glance: no torch, no arrays read."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from studio.project.archive import json_of
from studio.project.container import Container, opened
from studio.project.horizon import horizon_words
from studio.project.migrations import with_places
from studio.project.recipe import Recipe
from studio.project.run_json import run_from
from studio.project.tensors import PREFIX, header_length, shapes

TENSORS = ("weights", "transform", "state")


def read_info(path: Path) -> dict[str, Any]:
    """Return what the manifest, the recipe, the numbers and the array headers say.

    Raises ProjectError or SettingsError as `read_project` does; the arrays
    themselves are neither read nor checked.
    """
    with opened(path) as container:
        written = with_places({"recipe.json": container.read("recipe.json")})["recipe.json"]
        recipe = Recipe.from_dict(json_of(written, "recipe", container))
        meta = json_of(container.read("meta.json"), "meta", container)
        if not isinstance(meta, dict):
            raise container.damaged("meta.json is no object")
        arrays = {name: array_shapes(container, name) for name in TENSORS}
        runs = json_of(container.read("history.json"), "history", container)
        return {
            "file": str(path),
            "bytes": path.stat().st_size,
            "format": container.format,
            "application": str(container.manifest.get("application", "")),
            "created": str(container.manifest.get("created", "")),
            "model_hash": str(container.manifest.get("model", "")),
            "parameters": sum(math.prod(shape) for _, shape in arrays["weights"].values()),
            "weights": {name: list(shape) for name, (_, shape) in arrays["weights"].items()},
            "runs": len(runs) if isinstance(runs, list) else 0,
            "looks_done_seconds": looks_done(runs),
            "horizon": horizon_words(recipe, mapping(meta.get("training"))),
            "training": meta.get("training", {}),
            "pictures": meta.get("pictures", {}),
            "recipe": recipe.to_dict(),
        }


def array_shapes(container: Container, name: str) -> dict[str, tuple[str, tuple[int, ...]]]:
    member = f"{name}.safetensors"
    length = header_length(container.head(member, PREFIX), name)
    if length > container.size(member) - PREFIX:
        raise container.damaged(f"{member} is cut short")
    return shapes(container.head(member, PREFIX + length)[PREFIX:], name)


def info_rows(info: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return the same for people: a label and a value a line."""
    recipe = info["recipe"]
    seen, model, training = recipe["preprocess"], recipe["model"], recipe["training"]
    length = next(
        (f"{training[key]:g} {key}" for key in ("steps", "seconds", "epochs") if training[key]), "no planned length"
    )
    done = info["looks_done_seconds"]
    rows = [
        ("File", f"{info['file']} ({info['bytes'] / 1e6:.2f} MB)"),
        ("Saved", f"{info['created']} by Harmonium Studio {info['application']}, format {info['format']}"),
        ("Preset", recipe["preset"] or "none"),
        ("Pictures", ", ".join(recipe["data"]["paths"]) or "none"),
        *((f"  {key}", words(value)) for key, value in mapping(info["pictures"]).items()),
        ("Seen as", f"{seen['width']}x{seen['height']} {seen['colour']}"),
        ("Model", ", ".join(f"{key} {words(value)}" for key, value in model.items())),
        ("Parameters", f"{info['parameters']:,}" if info["parameters"] else "not trained yet"),
        ("Learns by", f"{training['rule']}-{training['gibbs_steps']}, batch {training['batch']}, {length}"),
        ("Runs", str(info["runs"])),
        *([] if done is None else [("  looks done", f"after {done:.0f} s")]),
        *([("Trained horizon", info["horizon"])] if info["horizon"] else []),
        *((f"  {key}", words(value)) for key, value in mapping(info["training"]).items()),
    ]
    if info["model_hash"]:
        rows.append(("Model hash", info["model_hash"]))
    return rows


def looks_done(runs: object) -> float | None:
    """Return after how many seconds of the latest run it looked done, None where it did not."""
    if not isinstance(runs, list) or not runs:
        return None
    return run_from(runs[-1]).looks_done


def mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def words(value: object) -> str:
    """Return a value of the file in one short line."""
    if isinstance(value, float):
        return f"{value:.6g}"
    if isinstance(value, list):
        return ", ".join(str(item) for item in value)[:120]
    return str(value)[:120]
