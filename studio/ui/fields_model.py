"""What the settings of each model family are called, and what turning them does."""

from __future__ import annotations

from collections.abc import Mapping

from studio.models.spec import ConvSpec, Family, RbmSpec, TiledSpec
from studio.ui.field_info import FieldInfo, check, choice, whole
from studio.ui.fields_codes import CODES

RBM = (
    whole(
        RbmSpec,
        "hidden",
        "Hidden units",
        "How many features the model may learn. More draws finer and more varied dreams, and takes longer.",
        8,
        4096,
        log=True,
    ),
    choice(
        RbmSpec,
        "visible",
        "Pixels are",
        "On-off pixels suit drawings, digits and silhouettes; Gaussian pixels suit photographs and faces.",
        ("bernoulli", "On or off"),
        ("gaussian", "Gaussian"),
    ),
    FieldInfo(
        RbmSpec,
        "deviation",
        "Deviation",
        "How much Gaussian pixels may differ from what is expected: lower draws crisper, and learns less easily.",
        low=0.05,
        high=2,
    ),
    check(
        RbmSpec,
        "learn_deviation",
        "Learn the deviation",
        "Lets each pixel find its own deviation: quiet areas of the picture become clean.",
    ),
    choice(
        RbmSpec,
        "hidden_units",
        "Hidden units are",
        "On-off units say whether something is there, rectified ones how much of it: softer shades, learned by CD.",
        ("bernoulli", "On or off"),
        ("rectified", "Rectified"),
    ),
)

TILED = (
    whole(
        TiledSpec,
        "levels",
        "Scales",
        "At how many sizes the picture is learned, each half the one before. More holds longer structure.",
        1,
        4,
    ),
    whole(
        TiledSpec,
        "tile",
        "Tile",
        "Side of the filters in pixels. Larger tiles hold larger structure, and take longer to learn.",
        5,
        24,
    ),
    whole(
        TiledSpec,
        "filters",
        "Filters an offset",
        "How many features are learned at each offset. More catches finer differences, and takes longer.",
        4,
        128,
        log=True,
    ),
    choice(
        TiledSpec,
        "offsets",
        "Offsets",
        "Where tiles may begin. Along the diagonal is quick; at every place is finer and many times slower.",
        ("diagonal", "Diagonal"),
        ("all", "Every place"),
    ),
    FieldInfo(
        TiledSpec,
        "deviation",
        "Deviation",
        "How much pixels may differ from what is expected: lower draws crisper, and learns less easily.",
        low=0.05,
        high=2,
    ),
    check(
        TiledSpec,
        "learn_deviation",
        "Learn the deviation",
        "Lets each colour find its own deviation while the model learns.",
    ),
    whole(
        TiledSpec,
        "textures",
        "Materials",
        "1 learns all pictures as one material; their number learns each as its own, and the dream leans between them.",
        1,
        8,
    ),
)

CONVOLUTIONAL = (
    whole(
        ConvSpec,
        "filters",
        "Filters",
        "How many patterns are learned, each looked for at every place. More is finer, and takes longer.",
        4,
        128,
        log=True,
    ),
    whole(
        ConvSpec,
        "side",
        "Filter side",
        "Side of the filters in pixels. Larger filters hold larger structure, and take longer to learn.",
        3,
        24,
    ),
    whole(
        ConvSpec,
        "block",
        "Pooling block",
        "In a square of this side each filter answers at one place at most. Larger blocks care less where.",
        1,
        8,
    ),
    choice(
        ConvSpec,
        "visible",
        "Pixels are",
        "On-off pixels suit drawings, digits and silhouettes; Gaussian pixels suit photographs.",
        ("bernoulli", "On or off"),
        ("gaussian", "Gaussian"),
    ),
    FieldInfo(
        ConvSpec,
        "deviation",
        "Deviation",
        "How much pixels may differ from what is expected once it has learned: lower makes sharper filters.",
        low=0.05,
        high=1,
    ),
    FieldInfo(
        ConvSpec,
        "first_deviation",
        "First deviation",
        "The deviation it begins to learn with; it falls to the other one by a hundredth with every hundred pictures.",
        low=0.05,
        high=1,
    ),
    check(
        ConvSpec,
        "patches",
        "Begin as patches",
        "Filters of further layers begin as pieces of what they see, in place of noise. By CD alone.",
    ),
)

MODEL_FIELDS: Mapping[Family, tuple[FieldInfo, ...]] = {
    Family.RBM: RBM,
    Family.TEXTURE: TILED,
    Family.CONVOLUTIONAL: CONVOLUTIONAL,
    Family.CODES: CODES,
}
