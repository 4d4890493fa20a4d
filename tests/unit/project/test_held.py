"""Pictures that hold another picture say so: nothing pretends that the recipe alone leads to them."""

from __future__ import annotations

import dataclasses
import json
import shlex
from typing import Any

import pytest

from studio.dream.blending import Blend
from studio.dream.settings import Blend as Laid
from studio.dream.settings import DreamSettings, Seamless, Show, Start
from studio.errors import ProjectError
from studio.models.spec import TiledSpec
from studio.project.held import Held, Way
from studio.project.picture_recipe import KEY, PictureRecipe, command, from_text, to_text
from studio.project.recipe import Recipe

PLAIN = PictureRecipe(Recipe(), "ab" * 32, DreamSettings(width=64, height=48, seed=3), 20)
GROWN = dataclasses.replace(PLAIN, held=Held(Way.GROWN, "wall.png", "cd" * 32, 7, 5))
FILLED = dataclasses.replace(PLAIN, held=Held(Way.FILLED, "face.png", "cd" * 32, hole="left", blend=Blend.FEATHERED))
VARIANT = dataclasses.replace(PLAIN, held=Held(Way.VARIANT, "tile.png", "cd" * 32))


def values(made: PictureRecipe) -> dict[str, Any]:
    found = json.loads(to_text(made)[KEY])
    assert isinstance(found, dict)
    return found


@pytest.mark.parametrize("made", [GROWN, FILLED, VARIANT])
def test_it_comes_back_and_says_that_it_is_not_alone(made: PictureRecipe) -> None:
    assert from_text(to_text(made)) == made
    assert values(made)["alone"] is False
    assert values(made)["format"] == 2, "a version that does not know of held pictures must refuse it"
    assert not made.alone


def test_a_plain_dream_is_alone_and_one_from_a_picture_is_not() -> None:
    assert values(PLAIN)["alone"] is True
    assert values(PLAIN)["format"] == 1
    assert values(dataclasses.replace(PLAIN, start=Start.PICTURE, picture="a.png"))["alone"] is False


def test_folders_do_not_travel() -> None:
    held = Held(Way.FILLED, "/home/ada/face.png", hole="/home/ada/mask.png")
    text = to_text(dataclasses.replace(PLAIN, held=held))
    assert "ada" not in "".join(text.values())
    back = from_text(text).held
    assert back is not None
    assert (back.picture, back.hole) == ("face.png", "mask.png")


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("way", "stolen"),
        ("way", []),
        ("picture", "../a.png"),
        ("picture", None),
        ("hole", "a\x00"),
        ("digest", "xyz"),
        ("digest", 3),
        ("left", -1),
        ("left", True),
        ("top", 10**6),
        ("blend", "oily"),
    ],
)
def test_what_does_not_fit_is_refused(key: str, value: Any) -> None:
    changed = values(GROWN)
    changed["held"] |= {key: value}
    with pytest.raises(ProjectError, match="cannot be used"):
        from_text({KEY: json.dumps(changed)})


@pytest.mark.parametrize("held", [None, [], "wall.png"])
def test_what_says_nothing_is_refused(held: object) -> None:
    with pytest.raises(ProjectError, match="does not say what was held"):
        from_text({KEY: json.dumps(values(GROWN) | {"held": held})})


def test_the_commands_say_the_same() -> None:
    grown = shlex.split(command(dataclasses.replace(GROWN, dream=DreamSettings(seamless=Seamless.X)), "a.h", "b.png"))
    assert grown[:2] == ["harmonium", "dream"]
    assert grown[grown.index("--grow") + 1] == "wall.png"
    assert grown[grown.index("--at") + 1] == "7,5"
    assert grown[grown.index("--seamless") + 1] == "x"
    filled = shlex.split(command(FILLED, "-a.h", "b.png"))
    assert filled[:6] == ["harmonium", "fill", "./-a.h", "face.png", "-o", "b.png"]
    assert filled[filled.index("--hole") + 1] == "left"
    assert filled[filled.index("--blend") + 1] == "feathered"
    assert filled[filled.index("--sweeps") + 1] == "20"
    for dream in (DreamSettings(smooth=0.5), DreamSettings(show=Show.SAMPLE)):
        with pytest.raises(ProjectError, match="no command"):
            command(dataclasses.replace(FILLED, dream=dream), "a.h", "b.png")
    materials = dataclasses.replace(FILLED, recipe=Recipe(model=TiledSpec(textures=2)))
    for dream, lean in ((DreamSettings(lean=0.5), "0.5"), (DreamSettings(), None)):
        words = shlex.split(command(dataclasses.replace(materials, dream=dream), "a.h", "b.png"))
        assert (words[words.index("--lean") + 1] if "--lean" in words else None) == lean
    with pytest.raises(ProjectError, match="blends materials has no command"):
        command(dataclasses.replace(materials, dream=DreamSettings(blend=Laid.ACROSS)), "a.h", "b.png")
    with pytest.raises(ProjectError, match="first tile"):
        command(VARIANT, "a.h", "b.png")
