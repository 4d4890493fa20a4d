"""A copy of a trained model with operations applied, for window and command line; the trained one stays as it is."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import torch

from studio.errors import DataError, SettingsError
from studio.models.altered import Altered, Glitch
from studio.models.build import Model, build_alike
from studio.models.fade import fade_weights, own_units, side_by_side
from studio.models.glitch import glitch, transplant
from studio.models.spec import Family, ModelSpec
from studio.project.archive import Project, read_project
from studio.project.lapse import EMPTY, Lapse
from studio.project.lapse_look import trained_at
from studio.project.recipe import Recipe
from studio.project.trained import Trained, open_trained

FREE = {  # of a spec: what only matters while it learns
    *("deviation", "first_deviation", "learn_deviation", "patches"),
    *("loss", "level", "code_noise", "zoom", "vary", "known_weight", "pretrain", "rbm_rate", "rbm_share"),
}
AT_HAND = 4  # other projects kept open: a slider asks for the same one many times a second


@dataclass(frozen=True, slots=True, eq=False)
class Alteration:
    """What is played: the altered model, and the numbers of the trained model's units in it, None for the same."""

    trained: Trained
    places: tuple[int, ...] | None = None


@torch.no_grad()
def altered(trained: Trained, value: Altered, opened: Callable[[str], Project], lapse: Lapse = EMPTY) -> Alteration:
    """Return a model altered so, on the same device; same model, value and other projects give the same weights.

    It sees and shows pictures as the trained one does: what another project
    adds are its weights alone. Raises StudioError where another project cannot
    be read or does not fit, or where the step is not in the `lapse`.
    """
    others = {path: other_model(trained, opened(path), path) for path in value.others}
    if value.step is None:
        model = build_alike(trained.model, trained.recipe.model).to(trained.device)
        own = model.saved()
        for name, tensor in trained.model.saved().items():
            own[name].detach().copy_(tensor.detach())
    else:
        model = trained_at(trained, lapse, value.step).model
    for one in value.operations:
        if isinstance(one, Glitch):
            glitch(model, one)
        else:
            transplant(model, others[one.path], one)
    fade = value.fade
    if fade is None or fade.share == 0:
        return Alteration(dataclasses.replace(trained, model=model))
    if not value.joined:
        fade_weights(model, others[fade.path], fade.share)
        return Alteration(dataclasses.replace(trained, model=model))
    joint = side_by_side(model, others[fade.path], fade.share)
    return Alteration(dataclasses.replace(trained, model=joint), tuple(own_units(model)))


def other_model(trained: Trained, project: Project, path: str) -> Model:
    """Return the model of another project on the same device; raises SettingsError where it does not fit."""
    check_fits(trained.recipe, project, Path(path).name)
    return open_trained(project, trained.device).model


def check_fits(recipe: Recipe, project: Project, name: str) -> None:
    """Raise SettingsError where another project's model is of another family or shape, or sees other pictures."""
    mine, theirs = recipe.model, project.recipe.model
    if not project.weights:
        raise SettingsError(f"{name} holds no model yet.", "Choose a project that was trained.")
    if type(mine) is not type(theirs):
        raise SettingsError(
            f"{name} holds {kind(theirs)}, and this model is {kind(mine)}.", "Choose a project of the same family."
        )
    for field in dataclasses.fields(mine):
        a, b = getattr(mine, field.name), getattr(theirs, field.name)
        if field.name not in FREE and a != b:
            raise SettingsError(
                f"The model in {name} is of another shape: its {field.name} is {shown(b)}, here it is {shown(a)}.",
                "Choose one that was trained with the same settings of the model.",
            )
    sizes = () if mine.any_size else ("width", "height")
    for field_name in (*sizes, "colour", "scaling"):
        a, b = getattr(recipe.preprocess, field_name), getattr(project.recipe.preprocess, field_name)
        if a != b:
            raise SettingsError(
                f"The model in {name} sees other pictures: their {field_name} is {shown(b)}, here it is {shown(a)}.",
                "Choose one whose pictures are prepared in the same way.",
            )


def shown(value: object) -> str:
    if isinstance(value, tuple):
        return ", ".join(str(one) for one in value) or "none"
    return str(value)


def kind(spec: ModelSpec) -> str:
    return FAMILY_WORDS[spec.family]


FAMILY_WORDS: Mapping[Family, str] = {
    Family.RBM: "an RBM",
    Family.TEXTURE: "a texture model",
    Family.CONVOLUTIONAL: "a convolutional model",
    Family.CODES: "an autoencoder",
}


class OtherProjects:
    """Other projects by path, read anew where their file has changed; a few are kept at hand."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, int], Project] = {}

    def open(self, path: str) -> Project:
        """Return a project; raises DataError or ProjectError where it cannot be read."""
        try:
            key = path, Path(path).stat().st_mtime_ns
        except OSError:
            raise DataError(f"There is no project {path}.", "Choose it again: it may have been moved.") from None
        if key not in self._kept:
            self._kept[key] = read_project(Path(path))
            while len(self._kept) > AT_HAND:
                del self._kept[next(iter(self._kept))]
        return self._kept[key]
