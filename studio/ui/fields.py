"""What each setting is called, its unit and range, and what turning it does to the picture: one table."""

from __future__ import annotations

from studio.dream.settings import DreamSettings
from studio.ui.field_info import FieldInfo, Kind, check, choice, number, whole
from studio.ui.fields_codes import CODES
from studio.ui.fields_model import RBM, TILED
from studio.ui.fields_pictures import PREPROCESS
from studio.ui.fields_playing import PLAYING
from studio.ui.fields_training import TRAINING

DREAM = (
    whole(DreamSettings, "chains", "Chains", "How many dreams are shown side by side.", 1, 100),
    FieldInfo(
        DreamSettings,
        "temperature",
        "Temperature",
        "Above 1 the dream grows wild, below 1 it settles on what the model likes best.",
        low=0.1,
        high=3,
    ),
    whole(
        DreamSettings,
        "sweeps_per_frame",
        "Sweeps a frame",
        "How far the dream moves between two pictures on the screen.",
        1,
        100,
        log=True,
    ),
    choice(
        DreamSettings,
        "show",
        "Show",
        "The mean is calm; samples are what the model really draws, and flicker.",
        ("mean", "Mean"),
        ("sample", "Sample"),
    ),
    FieldInfo(
        DreamSettings,
        "smooth",
        "Smooth",
        "Carries part of each picture into the next: a slow, flowing dream.",
        low=0,
        high=0.99,
    ),
    FieldInfo(
        DreamSettings,
        "drive",
        "Wander",
        "Lets the temperature wander about where it is set, so that the dream does not stay with one picture.",
        high=1,
    ),
    number(DreamSettings, "seed", "Seed", "The same number dreams the same pictures again."),
    number(DreamSettings, "width", "Width", "How wide the canvas is; 0 is the model's own size.", unit="px"),
    number(DreamSettings, "height", "Height", "How high the canvas is; 0 is the model's own size.", unit="px"),
    choice(
        DreamSettings,
        "seamless",
        "Seamless",
        "Along which sides the picture meets itself, so that its copies lie side by side without a seam. "
        "As the model learned until you choose: both ways for a material, not for framed pictures.",
        ("own", "As learned"),
        ("both", "Both ways"),
        ("x", "Sideways"),
        ("y", "Up and down"),
        ("none", "Not"),
    ),
    FieldInfo(
        DreamSettings,
        "lean",
        "Lean",
        "Where between its materials the dream stands: 0 is the first, 1 the second, halfway is a mixture.",
        low=0,
        high=1,
    ),
    choice(
        DreamSettings,
        "blend",
        "Blend",
        "Lays the materials out on the canvas, from the first to the last, in place of one mixture everywhere.",
        ("none", "None"),
        ("across", "Across"),
        ("down", "Down"),
        ("centre", "Centre"),
        ("picture", "By a picture…"),
    ),
    FieldInfo(
        DreamSettings,
        "blend_picture",
        "Map",
        "The grey picture of a blend: black is the first material, white the last.",
        Kind.FILE,
    ),
    check(
        DreamSettings,
        "roll",
        "Roll",
        "Moves the pooling grid by chance before each sweep, so that it never shows. For looking: not exact Gibbs.",
    ),
    check(
        DreamSettings,
        "coarse",
        "Coarse start",
        "Begins anew from noise on a quarter of the canvas, then on a half: what is large is laid out first.",
    ),
)

FIELDS: tuple[FieldInfo, ...] = (*PREPROCESS, *RBM, *TILED, *CODES, *TRAINING, *DREAM, *PLAYING)


def field(owner: type, name: str) -> FieldInfo:
    """Return what the table says of one field."""
    return next(info for info in FIELDS if info.owner is owner and info.name == name)
