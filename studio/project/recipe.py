"""The whole recipe of a model: which pictures, what is seen of them, what is built, how it learns."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, TypeVar, cast

from studio.data.spec import DatasetSpec, Preprocess
from studio.errors import SettingsError
from studio.models.spec import CodeSpec, ConvSpec, Family, ModelSpec, RbmSpec, TiledSpec
from studio.training.settings import Rule, TrainSettings

FAMILIES: Mapping[Family, type[ModelSpec]] = {
    Family.RBM: RbmSpec,
    Family.TEXTURE: TiledSpec,
    Family.CONVOLUTIONAL: ConvSpec,
    Family.CODES: CodeSpec,
}

Settings = TypeVar("Settings")


@dataclass(frozen=True, slots=True)
class Recipe:
    """What the window, the command line and a project file share; to change one is to replace it."""

    data: DatasetSpec = field(default_factory=DatasetSpec)
    preprocess: Preprocess = field(default_factory=Preprocess)
    model: ModelSpec = field(default_factory=RbmSpec)
    training: TrainSettings = field(default_factory=TrainSettings)
    preset: str = ""

    @property
    def framed(self) -> bool:
        """Whether a convolutional model's kept chains live on canvases of its pictures' size, since those are whole."""
        convolutional = isinstance(self.model, ConvSpec)
        return convolutional and self.training.rule is Rule.PCD and not self.preprocess.crops

    def to_json(self) -> str:
        """Return the recipe as JSON text, keys in order of definition."""
        return json.dumps(self.to_dict(), indent=2)

    def to_dict(self) -> dict[str, Any]:
        return {
            "data": plain(self.data),
            "preprocess": plain(self.preprocess),
            "model": {"family": str(self.model.family), **plain(self.model)},
            "training": plain(self.training),
            "preset": self.preset,
        }

    @classmethod
    def from_dict(cls, value: object) -> Recipe:
        """Read what `to_dict` gave; raises SettingsError with a sentence on anything that does not fit."""
        if not isinstance(value, dict):
            raise SettingsError("The recipe is not a JSON object.", "Open the project it came from, or another copy.")
        model = value.get("model", {})
        if not isinstance(model, dict):
            raise SettingsError("The recipe's model is not a JSON object.", "Open another copy.")
        name = model.get("family", "rbm")
        if name not in list(Family):
            raise SettingsError(
                f"This version does not know the model family {name!r}.", "Open it with a newer Harmonium Studio."
            )
        rest = {key: item for key, item in model.items() if key != "family"}
        preset = value.get("preset", "")
        return cls(
            data=build(DatasetSpec, value.get("data", {}), "data"),
            preprocess=build(Preprocess, value.get("preprocess", {}), "preprocess"),
            model=build(FAMILIES[Family(name)], rest, "model"),
            training=build(TrainSettings, value.get("training", {}), "training"),
            preset=preset if isinstance(preset, str) else "",
        )

    def changed(self, key: str, text: str) -> Recipe:
        """Return a recipe with `section.name` set from text, as the command line's --set gives it."""
        return self.changed_together([(key, text)])

    def changed_together(self, pairs: Iterable[tuple[str, str]]) -> Recipe:
        """Return a recipe with several settings changed at once: what they say together has to be valid, no more."""
        parts: dict[str, dict[str, Any]] = {}
        for key, text in pairs:
            section, name = self.place_of(key)
            parts.setdefault(section, {})[name] = parse(text, getattr(getattr(self, section), name), key)
        changed = {section: dataclasses.replace(getattr(self, section), **values) for section, values in parts.items()}
        return dataclasses.replace(self, **changed)

    def place_of(self, key: str) -> tuple[str, str]:
        """Return section and name of a setting, whose section may be left out where one has it alone."""
        section, _, name = key.partition(".")
        if not name:
            owners = [part for part in ("preprocess", "model", "training") if key in names_of(getattr(self, part))]
            if len(owners) > 1:
                both = " and ".join(f"{owner}.{key}" for owner in owners)
                raise SettingsError(f"{both} are both called {key}.", "Write one of them in full.")
            if not owners:
                raise SettingsError(
                    f"There is no setting called {key!r}.", f"Known settings: {', '.join(self.keys())}."
                )
            section, name = owners[0], key
        if section not in ("preprocess", "model", "training") or name not in names_of(getattr(self, section)):
            raise SettingsError(f"There is no setting called {key!r}.", f"Known settings: {', '.join(self.keys())}.")
        return section, name

    def keys(self) -> list[str]:
        """Return every `section.name` that `changed` accepts."""
        return [
            f"{part}.{name}" for part in ("preprocess", "model", "training") for name in names_of(getattr(self, part))
        ]


def names_of(settings: object) -> list[str]:
    return [item.name for item in dataclasses.fields(cast(Any, settings))]


def plain(settings: object) -> dict[str, Any]:
    """Return a settings dataclass as JSON values."""
    result: dict[str, Any] = {}
    blank = type(settings)()
    for name in names_of(settings):
        value = getattr(settings, name)
        if isinstance(value, StrEnum):
            value = str(value)
        elif isinstance(value, tuple):
            value = list(value)
        elif isinstance(getattr(blank, name), float):
            value = float(value)  # code writes 2 where a file that was read says 2.0
        result[name] = value
    return result


def build(kind: type[Settings], value: object, where: str) -> Settings:
    """Return `kind` from JSON values; unknown names and wrong types raise SettingsError."""
    if not isinstance(value, dict):
        raise SettingsError(f"The recipe's {where} is not a JSON object.", "Open another copy.")
    defaults = {item.name: item for item in dataclasses.fields(cast(Any, kind))}
    arguments: dict[str, Any] = {}
    blank = cast(Any, kind)()
    for name, item in value.items():
        if name not in defaults:
            raise SettingsError(f"The recipe's {where} has an unknown setting {name!r}.", "Open another copy.")
        counts = defaults[name].type == "tuple[int, ...]"
        arguments[name] = fitted(item, getattr(blank, name), f"{where}.{name}", int if counts else str)
    return kind(**arguments)


def fitted(value: object, like: object, key: str, of: type = str) -> object:
    """Return `value` in the type of `like`, or raise; `of` is what tuples hold."""
    if isinstance(like, bool):
        if isinstance(value, bool):
            return value
    elif isinstance(like, int):
        if isinstance(value, int) and not isinstance(value, bool):
            return value
    elif isinstance(like, float):
        if isinstance(value, float) or (type(value) is int and abs(value) < 2**1000):
            return float(value)
    elif isinstance(like, tuple):
        if isinstance(value, (list, tuple)) and all(type(item) is of for item in value):
            return tuple(value)
    elif isinstance(value, str):
        return value
    raise SettingsError(f"{key} cannot be {value!r}.", f"It wants a value like {plain_word(like)}.")


def plain_word(value: object) -> str:
    return str(value) if isinstance(value, StrEnum) else json.dumps(value)


def parse(text: str, like: object, key: str) -> object:
    """Return typed text as the type of `like`."""
    if isinstance(like, bool):
        words = {
            "true": True,
            "yes": True,
            "on": True,
            "1": True,
            "false": False,
            "no": False,
            "off": False,
            "0": False,
        }
        if text.lower() in words:
            return words[text.lower()]
    elif isinstance(like, int):
        try:
            return int(text)
        except ValueError:
            pass
    elif isinstance(like, float):
        try:
            return float(text)
        except ValueError:
            pass
    elif isinstance(like, tuple):
        return tuple(part.strip() for part in text.split(",") if part.strip())
    else:
        return text
    raise SettingsError(f"{key} cannot be {text!r}.", f"It wants a value like {plain_word(like)}.")
