"""What the core says of settings, in the window's own words."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

import studio
from studio.data.spec import Preprocess
from studio.models.code_spec import CodeSpec
from studio.models.spec import ConvSpec, ModelSpec, RbmSpec, TiledSpec
from studio.session.notices import Level, Notice
from studio.training.settings import TrainSettings
from studio.ui.main_window import MainWindow
from studio.ui.spoken import spoken
from studio.ui.widgets.value_edit import ValueEdit
from tests.helpers.fake_session import FakeSession


@pytest.mark.parametrize(
    ("model", "sentence", "said"),
    [
        (TiledSpec, "Set crops to true.", 'Set "Crops" to on.'),
        (TiledSpec, "Set rule to pcd.", 'Set "Rule" to "PCD".'),
        (TiledSpec, "Set textures to 3, or to 1 for all.", 'Set "Materials" to 3, or to 1 for all.'),
        (
            RbmSpec,
            "Set scaling to none, or visible to gaussian.",
            'Set "Scaling" to "0 to 1", or "Pixels are" to "Gaussian".',
        ),
        (
            RbmSpec,
            "Set binarise or scaling to none.",
            'Set "Black and white" to "Keep greys" or "Scaling" to "0 to 1".',
        ),
        (ConvSpec, "Set scaling to whiten or decorrelate.", 'Set "Scaling" to "Whiten" or "Independent colours".'),
        (
            ConvSpec,
            "Set the sparsity (sparsity_cost) to 0, or the rule to cd.",
            'Set "Sparsity" to 0, or "Rule" to "CD".',
        ),
        (
            CodeSpec,
            "Set weight_l1 and max_norm to 0, and weight_decay higher.",
            'Set "L1" and "Largest filter" to 0, and "Weight decay" higher.',
        ),
        (CodeSpec, "Set tied to false, or network to dense.", 'Set "Tied weights" to off, or "Network" to "Dense".'),
        (CodeSpec, "Choose larger pictures, or fewer widths.", "Choose larger pictures, or fewer layers."),
        (RbmSpec, "Lower the scale (patch_scale), or wait.", 'Lower the scale ("Patch scale"), or wait.'),
        (RbmSpec, "Leave out quarter turns (quarter_turns).", "Leave out quarter turns."),
        (RbmSpec, "gibbs_steps cannot be 0. Choose 1 to 500.", "Gibbs steps cannot be 0. Choose 1 to 500."),
    ],
)
def test_settings_are_called_what_their_editors_are_called(model: type[ModelSpec], sentence: str, said: str) -> None:
    assert spoken(sentence, (Preprocess, model, TrainSettings)) == said


def test_a_remedy_that_the_window_has_no_editor_for_is_left_out() -> None:
    convolutional = (Preprocess, ConvSpec, TrainSettings)
    assert spoken("Set scaling to whiten, or visible to bernoulli.", convolutional) == 'Set "Scaling" to "Whiten".'
    assert spoken("Set patches to false, or the rule to cd.", convolutional) == 'Set "Rule" to "CD".'


@pytest.mark.parametrize(
    "sentence",
    ["Choose another picture.", "held_out.png is gone.", "/home/a/weight_decay/b.png cannot be read.", "Set free."],
)
def test_other_sentences_stay_as_they_are(sentence: str) -> None:
    assert spoken(sentence, (Preprocess, RbmSpec, TrainSettings)) == sentence


def test_no_remedy_reaches_the_window_in_code() -> None:
    """Of all that the core says where something is refused."""
    for path in (Path(studio.__file__).parent).rglob("*.py"):
        if path.parent.name in ("cli", "ui", "measure"):
            continue
        for call in (node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Call)):
            if isinstance(call.func, ast.Name) and call.func.id == "SettingsError":
                for sentence in (str(part.value) for part in call.args if isinstance(part, ast.Constant)):
                    said = spoken(sentence, (Preprocess, RbmSpec, TrainSettings))
                    assert not re.search(r"[a-z]_[a-z]|\b[Ss]et [a-z_]+ to\b", said), (path.name, said)


def test_the_banner_speaks_the_windows_words(window: MainWindow, fake: FakeSession) -> None:
    fake.apply_preset("texture-fast")
    fake.notify(Notice(Level.ERROR, "A texture is learned by PCD alone.", "Set rule to pcd."))
    assert 'Set "Rule" to "PCD".' in window.banner.accessibleName()


def test_a_value_that_is_refused_is_called_what_its_editor_is_called(window: MainWindow) -> None:
    form = window.training.form
    number = form.editor("gibbs_steps").findChild(ValueEdit)
    assert number is not None
    number.typed.emit("0")
    assert form.error("gibbs_steps").startswith("Gibbs steps cannot be 0")
