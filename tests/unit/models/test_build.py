"""From a spec to a model and its weights to arrays and back."""

from __future__ import annotations

import numpy as np
import pytest

from studio.errors import ProjectError, SettingsError
from studio.models.build import build_model, load_weights, weights_of
from studio.models.spec import RbmSpec, Visible
from tests.unit.models.enumeration import random_rbm

SHAPE = (1, 2, 2)


@pytest.mark.parametrize("visible", list(Visible))
def test_weights_return_as_they_were(visible: Visible) -> None:
    model = random_rbm(0, visible).float()
    saved = weights_of(model)
    other = build_model(RbmSpec(3, visible), SHAPE)
    load_weights(other, saved)
    again = weights_of(other)
    assert all(np.array_equal(saved[name], again[name]) for name in saved)
    assert set(saved) == set(again)


def test_copies_are_nobody_elses() -> None:
    model = random_rbm(0).float()
    saved = weights_of(model)
    load_weights(model, saved)
    saved["weights"][:] = 0
    assert model.weights.all()
    again = weights_of(model)
    model.weights.zero_()
    assert again["weights"].all()


@pytest.mark.parametrize("spec", [RbmSpec(4), RbmSpec(3, Visible.GAUSSIAN)])
def test_weights_of_another_model_are_refused(spec: RbmSpec) -> None:
    with pytest.raises(ProjectError):
        load_weights(build_model(spec, SHAPE), weights_of(random_rbm(0).float()))


def test_weights_of_another_precision_are_refused() -> None:
    with pytest.raises(ProjectError):
        load_weights(random_rbm(1).float(), weights_of(random_rbm(0)))


@pytest.mark.parametrize(
    "arguments",
    [{"hidden": 0}, {"hidden": 70_000}, {"visible": "cubic"}, {"deviation": 0.0}, {"deviation": float("nan")}],
)
def test_specs_that_cannot_be_built_say_so(arguments: dict[str, object]) -> None:
    with pytest.raises(SettingsError) as caught:
        RbmSpec(**arguments)  # type: ignore[arg-type]  # wrong on purpose
    assert caught.value.hint
