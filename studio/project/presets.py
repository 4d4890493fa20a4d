"""Recipes to start from, each a JSON file with a title and one line."""

from __future__ import annotations

import dataclasses
import difflib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from studio.data.spec import Preprocess
from studio.errors import SettingsError, StudioError
from studio.models.spec import Family, ModelSpec
from studio.paths import resources
from studio.project.recipe import Recipe
from studio.training.settings import TrainSettings

KEYS = {"order", "title", "line", "sample", "preprocess", "model", "training"}


@dataclass(frozen=True, slots=True)
class Preset:
    """A recipe without pictures; `sample` names the bundled set it can be tried on, `thumbnail` is PNG bytes."""

    name: str
    title: str
    line: str
    preprocess: Preprocess
    model: ModelSpec
    training: TrainSettings
    sample: str | None = None
    thumbnail: bytes | None = None
    order: int = 100

    @property
    def family(self) -> Family:
        return self.model.family

    def apply(self, recipe: Recipe) -> Recipe:
        """Return `recipe` with its pictures kept and all else as the preset has it."""
        return dataclasses.replace(
            recipe, preprocess=self.preprocess, model=self.model, training=self.training, preset=self.name
        )


def presets(folder: Path | None = None) -> tuple[Preset, ...]:
    """Return the presets of `folder` (the bundled ones by default), in the order they ask to be shown."""
    folder = folder or resources() / "presets"
    found = [load_preset(path) for path in folder.glob("*.json")]
    return tuple(sorted(found, key=lambda preset: (preset.order, preset.name)))


def preset(name: str, folder: Path | None = None) -> Preset:
    """Return one preset; an unknown name raises SettingsError with the nearest and all known names."""
    known = {item.name: item for item in presets(folder)}
    if name in known:
        return known[name]
    close = difflib.get_close_matches(name, known, n=1)
    guess = f"Did you mean {close[0]}? " if close else ""
    raise SettingsError(f"There is no preset called {name!r}.", f"{guess}Known presets: {', '.join(known)}.")


def load_preset(path: Path) -> Preset:
    """Read one file; raises SettingsError naming it."""
    try:
        value = json.loads(path.read_bytes())
        unknown = sorted(set(value) - KEYS)
        if unknown:
            raise SettingsError(f"It has the unknown keys {', '.join(unknown)}.")
        return preset_from(path, value)
    except (OSError, ValueError, KeyError, TypeError, RecursionError, StudioError) as error:
        raise SettingsError(f"The preset {path.name} cannot be read: {error}", "Reinstall or correct it.") from error


def preset_from(path: Path, value: dict[str, Any]) -> Preset:
    recipe = Recipe.from_dict({key: value[key] for key in ("preprocess", "model", "training")})
    picture = path.with_suffix(".png")
    return Preset(
        name=path.stem,
        title=str(value["title"]),
        line=str(value["line"]),
        preprocess=recipe.preprocess,
        model=recipe.model,
        training=recipe.training,
        sample=value.get("sample"),
        thumbnail=picture.read_bytes() if picture.is_file() else None,
        order=int(value.get("order", 100)),
    )
