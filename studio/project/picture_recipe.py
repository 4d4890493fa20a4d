"""The recipe that an exported picture carries as text, and the command that draws it again."""

from __future__ import annotations

import dataclasses
import json
import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from studio import __version__
from studio.data.spec import DatasetSpec
from studio.dream.settings import Blend, DreamSettings, Seamless, Show, Start
from studio.errors import ProjectError, StudioError
from studio.models.altered import UNALTERED, Altered
from studio.models.spec import ConvSpec, TiledSpec, one_scale
from studio.project.altered_record import from_record, to_record
from studio.project.altered_record import words as altered_words
from studio.project.held import Held, Way, grown_words, guarded, held_values, held_words, is_file_name, read_held
from studio.project.recipe import Recipe, build, plain

KEY = "harmonium"
FORMAT = 1
ALTERED_FORMAT = 3  # of pictures whose model was altered
HELD_FORMAT = 2  # of pictures that older versions would draw without the pixels that were held
LARGEST_TEXT = 256 * 1024
MOST_SWEEPS = 10**12
OTHER_FILE = "Take the settings from the project instead."


@dataclass(frozen=True, slots=True)
class PictureRecipe:
    """How a dream was drawn: by which model, from what start, with how many sweeps.

    `picture` is the file name of a dropped start picture, `index` the training
    picture of a data start (-1 for one the seed chose), `held` a picture whose
    pixels were held, `altered` what was done to a copy of the model. It is not
    `exact` where settings changed meanwhile, or the model learned on: then it
    leads only near the picture. One that is not `told` is written into no picture.
    """

    recipe: Recipe
    model_hash: str
    dream: DreamSettings
    sweeps: int
    start: Start = Start.NOISE
    picture: str = ""
    index: int = -1
    held: Held | None = None
    altered: Altered = UNALTERED
    told: bool = True
    exact: bool = True

    @property
    def alone(self) -> bool:
        """Whether a model and settings lead to this picture, without a file or a history beside them."""
        by_itself = self.held is None and self.start not in (Start.PICTURE, Start.ALONG)
        return self.exact and by_itself and not self.altered.others


def to_text(made: PictureRecipe) -> dict[str, str]:
    """Return PNG text chunks that `from_text` reads back; none of a recipe that is not to be told."""
    if not made.told:
        return {}
    recipe = made.recipe  # without folders: a shared picture should not tell where its maker keeps things
    if recipe.data.sample is None:
        names = tuple(PurePath(path).name for path in recipe.data.paths)
        recipe = dataclasses.replace(recipe, data=DatasetSpec(paths=names))
    dream = dataclasses.replace(made.dream, blend_picture=PurePath(made.dream.blend_picture).name)
    value = {
        "format": format_of(made),
        "model": made.model_hash,
        "recipe": recipe.to_dict(),
        "dream": plain(dream),
        "sweeps": made.sweeps,
        "start": str(made.start),
        "picture": PurePath(made.picture).name,
        "index": made.index,
        "alone": made.alone,
        **({} if made.exact else {"exact": False}),
        **({"held": held_values(made.held)} if made.held is not None else {}),
        **({} if made.altered.neutral else {"altered": to_record(made.altered, names_only=True)}),
    }
    return {"Software": f"Harmonium Studio {__version__}", KEY: json.dumps(value, separators=(",", ":"))}


def format_of(made: PictureRecipe) -> int:
    """Return the least format whose readers know all that this recipe says."""
    if not made.altered.neutral:
        return ALTERED_FORMAT
    return FORMAT if made.held is None else HELD_FORMAT


def from_text(text: Mapping[str, object]) -> PictureRecipe:
    """Read the text chunks of a picture.

    Raises
    ------
    ProjectError
        Where there is no recipe, it is too long, or any part of it does not hold together.
    """
    body = text.get(KEY)
    if body is None:
        raise ProjectError("This picture carries no recipe.", "Only pictures exported from a dream do.")
    if not isinstance(body, str) or len(body) > LARGEST_TEXT:
        raise ProjectError("The recipe in this picture is too long to be one.", OTHER_FILE)
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        raise ProjectError("The recipe in this picture is damaged.", OTHER_FILE) from None
    if not isinstance(value, dict):
        raise ProjectError("The recipe in this picture is damaged.", OTHER_FILE)
    try:
        return checked(value)
    except StudioError as error:
        raise ProjectError(f"The recipe in this picture cannot be used: {error.message}", OTHER_FILE) from error


def checked(value: Mapping[str, Any]) -> PictureRecipe:
    number = value.get("format")
    if type(number) is not int or number < 1:
        raise ProjectError("its format number is not a number.")
    if number > ALTERED_FORMAT:
        raise ProjectError(f"it is of format {number}, and this version reads up to {ALTERED_FORMAT}.")
    model, start, picture = value.get("model"), value.get("start"), value.get("picture", "")
    sweeps, index = value.get("sweeps"), value.get("index", -1)
    if number == HELD_FORMAT and "held" not in value:
        raise ProjectError("it does not say what was held.")
    if number >= ALTERED_FORMAT and "altered" not in value:
        raise ProjectError("it does not say how the model was altered.")
    if not isinstance(model, str) or not re.fullmatch(r"[0-9a-f]{64}", model):
        raise ProjectError("it names no model.")
    if type(sweeps) is not int or not 0 <= sweeps <= MOST_SWEEPS:
        raise ProjectError(f"it asks for {str(sweeps)[:30]} sweeps.")
    if start not in list(Start):
        raise ProjectError(f"it starts from {str(start)[:30]!r}.")
    if type(index) is not int or not -1 <= index < 2**31:
        raise ProjectError(f"it starts from picture {str(index)[:30]}.")
    if not is_file_name(picture):
        raise ProjectError("it names a start picture that is no file name.")
    dream = build(DreamSettings, value.get("dream", {}), "dream")
    if not is_file_name(dream.blend_picture):
        raise ProjectError("it names a map that is no file name.")
    return PictureRecipe(
        recipe=Recipe.from_dict(value.get("recipe")),
        model_hash=model,
        dream=dream,
        sweeps=sweeps,
        start=Start(start),
        picture=picture,
        index=index,
        held=read_held(value["held"]) if number >= HELD_FORMAT and "held" in value else None,
        altered=read_altered(value["altered"]) if number >= ALTERED_FORMAT else UNALTERED,
        exact=value.get("exact", True) is True,
    )


def read_altered(record: object) -> Altered:
    """Return what was done to the model; raises ProjectError where it names other projects by more than file names."""
    altered = from_record(record)
    if not all(is_file_name(name) for name in altered.others):
        raise ProjectError("it names another project that is no file name.")
    return altered


def command(made: PictureRecipe, project: str, output: str) -> str:
    """Return the command line that draws the same pixels from the project file, quoted for a shell.

    Raises ProjectError for a variant, which is drawn together with its first tile, and
    for a hole filled by an altered model.
    """
    dream = made.dream
    if made.held is not None and made.held.way is not Way.GROWN and not made.altered.neutral:
        raise ProjectError(
            "No command fills a hole with an altered model.", "Reset the model, or keep it and save the project."
        )
    if made.held is not None and made.held.way is not Way.GROWN:
        words = held_words(made.held, dream, made.sweeps, guarded(project), guarded(output))
        return shlex.join([*words, *(filled_leaning(dream) if mixes(made.recipe) else [])])
    words = ["harmonium", "dream", guarded(project), "-o", guarded(output)]
    words += ["--grid", str(dream.chains), "--sweeps", str(made.sweeps)]
    words += ["--temperature", f"{dream.temperature!r}", "--seed", str(dream.seed)]
    words += ["--start", guarded(made.picture) if made.start is Start.PICTURE else str(made.start)]
    if made.held is not None:
        words += grown_words(made.held)
    if made.start is Start.DATA and made.index >= 0:
        words += ["--index", str(made.index)]
    if dream.show is not Show.MEAN:
        words += ["--show", str(dream.show)]
    if dream.width and dream.height:
        words += ["--size", f"{dream.width}x{dream.height}"]
    if dream.seamless is not Seamless.OWN:
        words += ["--seamless", "xy" if dream.seamless is Seamless.BOTH else str(dream.seamless)]
    if dream.drive:
        words += ["--drive", f"{dream.drive!r}"]
    if dream.smooth:
        words += ["--smooth", f"{dream.smooth!r}"]
    if mixes(made.recipe):
        words += leaning(dream)
    if isinstance(made.recipe.model, ConvSpec) and dream.roll:
        words += ["--roll"]
    if dream.coarse and made.start is Start.NOISE and made.held is None and one_scale(made.recipe.model):
        words += ["--coarse"]
    words += altered_words(made.altered)
    return shlex.join(words)


def mixes(recipe: Recipe) -> bool:
    """Return whether the recipe's model knows several textures."""
    return isinstance(recipe.model, TiledSpec) and recipe.model.textures > 1


def filled_leaning(dream: DreamSettings) -> list[str]:
    """Return the words that fill a hole with such a mixture; raises ProjectError for one laid out on the canvas."""
    if dream.blend is not Blend.NONE:
        raise ProjectError("A filling that blends materials has no command.", "Choose one lean for all of the picture.")
    return leaning(dream)


def leaning(dream: DreamSettings) -> list[str]:
    """Return the words that mix a model's textures as this dream does."""
    if dream.blend is Blend.PICTURE:
        path = dream.blend_picture
        return ["--blend", f"./{path}" if path in list(Blend) else guarded(path)]
    if dream.blend is not Blend.NONE:
        return ["--blend", str(dream.blend)]
    return ["--lean", f"{dream.lean!r}"] if dream.lean else []
