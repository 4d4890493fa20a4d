"""Every bundled preset loads, applies and holds together; a wrong name is answered with the nearest."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from studio.data.spec import Binarise, DatasetSpec, Scaling
from studio.errors import SettingsError
from studio.models.spec import CodeSpec, TiledSpec, Visible
from studio.project.presets import Preset, preset, presets
from studio.project.recipe import Recipe

BUNDLED = presets()


def test_the_promised_presets_are_there() -> None:
    names = {item.name for item in BUNDLED}
    assert {"digits-rbm", "faces-rbm", "texture-rbm", "art-rbm", "glyphs-rbm", "bars-rbm"} <= names
    assert {"texture", "texture-fast", "texture-fine", "texture-colour"} <= names


@pytest.mark.parametrize("item", BUNDLED, ids=lambda item: item.name)
def test_a_bundled_preset_holds_together(item: Preset) -> None:
    before = Recipe(data=DatasetSpec(paths=("pictures",)))
    after = item.apply(before)
    assert after.data == before.data
    assert after.preset == item.name
    assert Recipe.from_dict(json.loads(after.to_json())) == after
    assert item.title
    assert item.line.endswith(".")
    gaussian = not isinstance(after.model, CodeSpec) and (
        isinstance(after.model, TiledSpec) or after.model.visible is Visible.GAUSSIAN
    )
    assert (after.preprocess.scaling is not Scaling.NONE) == gaussian
    assert not gaussian or after.preprocess.binarise is Binarise.NONE
    assert after.training.epochs > 0  # there is another length where one sets the time to 0
    assert item.thumbnail is not None
    assert item.thumbnail.startswith(b"\x89PNG")


def test_the_art_preset_is_the_size_promised() -> None:
    art = preset("art-rbm")
    assert art.preprocess.shape == (3, 128, 128)
    assert art.model.hidden == 64


def test_an_unknown_name_is_answered_with_the_nearest() -> None:
    with pytest.raises(SettingsError, match="no preset called 'digit-rmb'") as caught:
        preset("digit-rmb")
    assert caught.value.hint.startswith("Did you mean digits-rbm?")
    assert "art-rbm" in caught.value.hint


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '{"title": "T", "line": "L."}',
        '{"title": "T", "line": "L.", "preprocess": {}, "model": {"hidden": -1}, "training": {}}',
        '{"title": "T", "line": "L.", "preprocess": {}, "model": {}, "training": {}, "extra": 1}',
    ],
)
def test_a_broken_file_is_named(tmp_path: Path, text: str) -> None:
    (tmp_path / "mine.json").write_text(text)
    with pytest.raises(SettingsError, match=r"mine\.json"):
        presets(tmp_path)


def test_thumbnails_lie_beside(tmp_path: Path) -> None:
    value = {"title": "T", "line": "L.", "preprocess": {}, "model": {}, "training": {}}
    (tmp_path / "mine.json").write_text(json.dumps(value))
    (tmp_path / "mine.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    assert preset("mine", tmp_path).thumbnail == b"\x89PNG\r\n\x1a\n"
