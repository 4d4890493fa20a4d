"""The text in an exported picture: read back whole, refused when hostile, said again as a command."""

from __future__ import annotations

import dataclasses
import json
import shlex
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.cli.playing import SEAMLESS
from studio.data.spec import DatasetSpec
from studio.dream.settings import Blend, DreamSettings, Seamless, Show, Start
from studio.errors import ProjectError
from studio.models.spec import ConvSpec, TiledSpec
from studio.project.picture_recipe import KEY, PictureRecipe, command, from_text, to_text
from studio.project.recipe import Recipe

MADE = PictureRecipe(
    recipe=Recipe(data=DatasetSpec(paths=("sample:bars",)), preset="bars-rbm"),
    model_hash="ab" * 32,
    dream=DreamSettings(chains=36, temperature=0.9, seed=2**60),
    sweeps=500,
)


def test_it_comes_back() -> None:
    for made in (MADE, dataclasses.replace(MADE, start=Start.DATA, index=3), dataclasses.replace(MADE, sweeps=0)):
        assert from_text(to_text(made)) == made


def test_one_that_leads_only_near_its_picture_says_so() -> None:
    near = dataclasses.replace(MADE, exact=False)
    assert MADE.alone
    assert not near.alone
    back = from_text(to_text(near))
    assert (back.exact, back.alone) == (False, False)


def test_sides_that_meet_are_said_where_they_were_asked_for() -> None:
    for seamless in Seamless:
        made = dataclasses.replace(MADE, dream=DreamSettings(seamless=seamless))
        words = shlex.split(command(made, "a", "b.png"))
        assert SEAMLESS[words[words.index("--seamless") + 1] if "--seamless" in words else "own"] is seamless


def test_folders_do_not_travel() -> None:
    recipe = dataclasses.replace(MADE.recipe, data=DatasetSpec(("/home/ada/secret/birds",), ("/home/ada/x.png",)))
    made = dataclasses.replace(MADE, recipe=recipe, start=Start.PICTURE, picture="/home/ada/face.png")
    text = to_text(made)
    assert "ada" not in "".join(text.values())
    back = from_text(text)
    assert back.recipe.data.paths == ("birds",)
    assert back.picture == "face.png"


def test_a_dream_that_began_small_says_so_where_it_did() -> None:
    asked = dataclasses.replace(MADE, start=Start.NOISE, dream=DreamSettings(coarse=True))
    assert "--coarse" not in command(asked, "a", "b.png"), "a plain RBM has one size"
    texture = dataclasses.replace(asked, recipe=dataclasses.replace(MADE.recipe, model=TiledSpec(levels=1)))
    assert shlex.split(command(texture, "a", "b.png"))[-1] == "--coarse"
    assert from_text(to_text(texture)).dream.coarse
    pyramid = dataclasses.replace(asked, recipe=dataclasses.replace(MADE.recipe, model=TiledSpec(levels=3)))
    assert "--coarse" not in command(pyramid, "a", "b.png")
    from_picture = dataclasses.replace(texture, start=Start.PICTURE, picture="a.png")
    assert "--coarse" not in command(from_picture, "a", "b.png")


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("format", 4),
        ("format", 3),  # without saying how the model was altered
        ("format", 2),  # without saying what was held
        ("format", "1"),
        ("model", "../../x"),
        ("model", None),
        ("recipe", []),
        ("recipe", {"model": {"family": "novel"}}),
        ("recipe", {"training": {"learning_rate": 10**400}}),
        ("dream", {"chains": 10**9}),
        ("dream", {"blend": "picture", "blend_picture": "../map.png"}),
        ("dream", {"blend": "picture"}),
        ("sweeps", -1),
        ("sweeps", 10**13),
        ("sweeps", True),
        ("start", "everything"),
        ("start", []),
        ("picture", "../../etc/passwd"),
        ("picture", "a\x00b"),
        ("index", 2**40),
    ],
)
def test_what_does_not_fit_is_refused(key: str, value: Any) -> None:
    changed = json.loads(to_text(MADE)[KEY]) | {key: value}
    with pytest.raises(ProjectError, match="cannot be used"):
        from_text({KEY: json.dumps(changed)})


@pytest.mark.parametrize("text", [{}, {KEY: 3}, {KEY: "x" * 10**6}, {KEY: "[" * 100_000}, {KEY: "null"}, {KEY: "{"}])
def test_what_is_no_recipe_is_refused(text: dict[str, object]) -> None:
    with pytest.raises(ProjectError):
        from_text(text)


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=50))
def test_any_text_is_refused_in_a_sentence(text: str) -> None:
    with pytest.raises(ProjectError):
        from_text({KEY: text})


def test_the_command_says_the_same() -> None:
    words = shlex.split(command(MADE, "my dream.harmonium", "out.png"))
    assert words[:5] == ["harmonium", "dream", "my dream.harmonium", "-o", "out.png"]
    assert words[words.index("--grid") + 1] == "36"
    assert words[words.index("--sweeps") + 1] == "500"
    assert float(words[words.index("--temperature") + 1]) == 0.9
    assert words[words.index("--seed") + 1] == str(2**60)
    assert words[words.index("--start") + 1] == "noise"
    assert "--show" not in words


def test_the_command_is_quoted() -> None:
    made = dataclasses.replace(
        MADE, start=Start.PICTURE, picture="$(rm -r x).png", dream=DreamSettings(show=Show.SAMPLE, smooth=0.5)
    )
    line = command(made, "-rf", "a;b.png")
    words = shlex.split(line)
    assert words[2] == "./-rf"
    assert "a;b.png" in words
    assert words[words.index("--start") + 1] == "$(rm -r x).png"
    assert words[words.index("--show") + 1] == "sample"
    assert "'$(rm -r x).png'" in line


def test_a_rolling_dream_says_so_for_models_with_a_pooling_grid_alone() -> None:
    rolling = dataclasses.replace(MADE, dream=DreamSettings(roll=True))
    assert "--roll" not in command(rolling, "a", "b.png")
    pooled = dataclasses.replace(rolling, recipe=dataclasses.replace(MADE.recipe, model=ConvSpec()))
    assert shlex.split(command(pooled, "a", "b.png"))[-1] == "--roll"
    assert from_text(to_text(pooled)).dream.roll


@pytest.mark.parametrize(
    ("dream", "words"),
    [
        (DreamSettings(), []),
        (DreamSettings(lean=0.25), ["--lean", "0.25"]),
        (DreamSettings(lean=0.25, blend=Blend.CENTRE), ["--blend", "centre"]),
        (DreamSettings(blend=Blend.PICTURE, blend_picture="/maps/a b.png"), ["--blend", "/maps/a b.png"]),
        (DreamSettings(blend=Blend.PICTURE, blend_picture="across"), ["--blend", "./across"]),
        (DreamSettings(blend=Blend.PICTURE, blend_picture="-a.png"), ["--blend", "./-a.png"]),
    ],
)
def test_a_mixture_is_said_for_models_of_several_materials_alone(dream: DreamSettings, words: list[str]) -> None:
    recipe = dataclasses.replace(MADE.recipe, model=TiledSpec(textures=2))
    said = shlex.split(command(dataclasses.replace(MADE, recipe=recipe, dream=dream), "a.harmonium", "b.png"))
    assert said[said.index("--start") + 2 :] == words
    assert not {"--lean", "--blend"} & set(shlex.split(command(dataclasses.replace(MADE, dream=dream), "a", "b.png")))


def test_the_folder_of_a_map_does_not_travel() -> None:
    dream = DreamSettings(blend=Blend.PICTURE, blend_picture="/home/ada/map.png")
    text = to_text(dataclasses.replace(MADE, dream=dream))
    assert "ada" not in "".join(text.values())
    assert from_text(text).dream.blend_picture == "map.png"


def test_a_recipe_that_is_not_told_leaves_nothing() -> None:
    assert to_text(dataclasses.replace(MADE, told=False)) == {}
