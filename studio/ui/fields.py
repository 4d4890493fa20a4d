"""What each setting is called, its unit and range, and what turning it does to the picture: one table."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from studio.data.spec import LARGEST_SIDE, Preprocess
from studio.dream.settings import DreamSettings
from studio.models.spec import RbmSpec
from studio.training.settings import TrainSettings


class Kind(Enum):
    """SLIDER shows a bar, NUMBER only a typed value, the others what their names say."""

    SLIDER = "slider"
    NUMBER = "number"
    CHOICE = "choice"
    CHECK = "check"
    COLOUR = "colour"


@dataclass(frozen=True, slots=True)
class FieldInfo:
    """One field of a settings class; `low` to `high` is the bar as shown, `scale` is shown per stored value."""

    owner: type
    name: str
    label: str
    tip: str
    kind: Kind = Kind.SLIDER
    low: float = 0.0
    high: float = 1.0
    unit: str = ""
    decimals: int | None = 2
    log: bool = False
    whole: bool = False
    scale: float = 1.0
    choices: tuple[tuple[str, str], ...] = ()  # value, words


def choice(owner: type, name: str, label: str, tip: str, *choices: tuple[str, str]) -> FieldInfo:
    return FieldInfo(owner, name, label, tip, Kind.CHOICE, choices=choices)


def check(owner: type, name: str, label: str, tip: str) -> FieldInfo:
    return FieldInfo(owner, name, label, tip, Kind.CHECK)


def whole(owner: type, name: str, label: str, tip: str, low: float, high: float, *, log: bool = False) -> FieldInfo:
    return FieldInfo(owner, name, label, tip, low=low, high=high, whole=True, decimals=0, log=log)


def number(owner: type, name: str, label: str, tip: str, *, unit: str = "", is_whole: bool = True) -> FieldInfo:
    decimals = 0 if is_whole else None
    return FieldInfo(owner, name, label, tip, Kind.NUMBER, unit=unit, whole=is_whole, decimals=decimals)


PREPROCESS = (
    FieldInfo(
        Preprocess,
        "height",
        "Height",
        "Pixels from top to bottom of what the model sees. More shows finer detail and learns more slowly.",
        low=8,
        high=LARGEST_SIDE / 4,
        unit="px",
        whole=True,
        log=True,
    ),
    FieldInfo(
        Preprocess,
        "width",
        "Width",
        "Pixels from left to right of what the model sees. More shows finer detail and learns more slowly.",
        low=8,
        high=LARGEST_SIDE / 4,
        unit="px",
        whole=True,
        log=True,
    ),
    choice(
        Preprocess,
        "colour",
        "Colour",
        "Grey learns shapes sooner; colour dreams in the colours of your pictures.",
        ("grey", "Grey"),
        ("rgb", "Colour"),
    ),
    choice(
        Preprocess,
        "fit",
        "Fit",
        "How a picture of another shape is brought to size: cut its edges, add a border, or stretch it.",
        ("crop", "Crop"),
        ("pad", "Pad"),
        ("stretch", "Stretch"),
    ),
    whole(
        Preprocess,
        "patches",
        "Patches",
        "Cuts this many random pieces out of large pictures, for textures; 0 uses whole pictures.",
        0,
        100_000,
    ),
    check(
        Preprocess,
        "crops",
        "Crops",
        "Keeps the pictures large and learns from pieces cut anew each time, for textures and photographs.",
    ),
    FieldInfo(
        Preprocess,
        "patch_scale",
        "Patch scale",
        "Shrinks the pictures before pieces are cut: smaller puts more of the scene into each piece.",
        low=0.05,
        high=2,
        unit="x",
        log=True,
    ),
    choice(
        Preprocess,
        "flips",
        "Flips",
        "Mirrors pictures at random, so that the model sees more of them and dreams become more symmetric.",
        ("none", "None"),
        ("horizontal", "Left-right"),
        ("vertical", "Up-down"),
        ("both", "Both"),
    ),
    check(
        Preprocess,
        "quarter_turns",
        "Quarter turns",
        "Turns square pictures at random by quarters, for materials that look alike whichever way they lie.",
    ),
    whole(
        Preprocess,
        "flatten",
        "Even out light",
        "Removes light and shade that change over more than this many pixels from crops; 0 keeps them.",
        0,
        400,
    ),
    check(Preprocess, "invert", "Invert", "Turns black into white, as for dark strokes on light paper."),
    choice(
        Preprocess,
        "binarise",
        "Black and white",
        "Turns greys into pure black and white: at a fixed threshold, or anew by chance each time.",
        ("none", "Keep greys"),
        ("threshold", "Threshold"),
        ("stochastic", "By chance"),
    ),
    FieldInfo(
        Preprocess,
        "threshold",
        "Threshold",
        "Greys brighter than this become white.",
        low=1,
        high=99,
        unit="%",
        scale=100,
        decimals=0,
    ),
    choice(
        Preprocess,
        "scaling",
        "Scaling",
        "Standardised pixels suit Gaussian visible units: photographs and faces come out softer and truer.",
        ("none", "0 to 1"),
        ("standardise", "Standardise"),
        ("decorrelate", "Independent colours"),
        ("whiten", "Whiten"),
    ),
    FieldInfo(
        Preprocess,
        "background",
        "Background",
        "What lies behind transparent pictures and in padded borders.",
        Kind.COLOUR,
    ),
    FieldInfo(
        Preprocess,
        "held_out",
        "Held out",
        "Pictures the model never learns from, to see whether it learns by heart.",
        low=0,
        high=50,
        unit="%",
        scale=100,
        decimals=0,
    ),
    number(Preprocess, "seed", "Seed", "Another number chooses other patches and other held-out pictures."),
)

MODEL = (
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
)

TRAINING = (
    FieldInfo(
        TrainSettings,
        "learning_rate",
        "Learning rate",
        "How far each step goes. Too high and the dream turns to noise, too low and it stays grey.",
        low=0.0001,
        high=1,
        decimals=None,
        log=True,
    ),
    FieldInfo(
        TrainSettings,
        "momentum",
        "Momentum",
        "Carries each step on into the next ones: faster, and rougher near the end.",
        low=0,
        high=0.99,
    ),
    FieldInfo(
        TrainSettings,
        "sparsity_cost",
        "Sparsity",
        "Pushes each hidden unit to fire rarely, so that filters become local strokes.",
        low=0,
        high=1,
        decimals=3,
    ),
    FieldInfo(
        TrainSettings,
        "sparsity_target",
        "Sparsity target",
        "In how many pictures a hidden unit should fire.",
        low=0.1,
        high=50,
        unit="%",
        scale=100,
        decimals=1,
        log=True,
    ),
    FieldInfo(
        TrainSettings,
        "epochs",
        "Epochs",
        "How often every picture is used. Longer learns more, until it learns by heart.",
        low=1,
        high=1000,
        decimals=0,
        log=True,
    ),
    number(TrainSettings, "steps", "Steps", "Length of the run in steps; when not 0, it counts instead of epochs."),
    number(
        TrainSettings,
        "seconds",
        "Time",
        "Length of the run in seconds; when not 0, it counts instead of epochs.",
        unit="s",
        is_whole=False,
    ),
    number(
        TrainSettings,
        "planned_steps",
        "Planned steps",
        "The length a falling learning rate is laid over; 0 takes the run's own.",
    ),
    choice(
        TrainSettings,
        "rule",
        "Rule",
        "CD starts each chain at a picture: quick, sharp reconstructions. PCD keeps its chains: better dreams.",
        ("cd", "CD"),
        ("pcd", "PCD"),
    ),
    whole(
        TrainSettings,
        "gibbs_steps",
        "Gibbs steps",
        "Sweeps of each chain a step. More gives truer dreams and takes that much longer.",
        1,
        50,
    ),
    whole(
        TrainSettings,
        "batch",
        "Batch",
        "Pictures a step. Larger is smoother and uses the machine better; smaller learns sooner.",
        1,
        1000,
        log=True,
    ),
    whole(
        TrainSettings,
        "chains",
        "Chains",
        "Dreams that PCD keeps going while it learns. More keeps the dreams varied.",
        1,
        1000,
        log=True,
    ),
    choice(
        TrainSettings,
        "decay",
        "Rate over time",
        "A rate that falls in the second half lets the picture settle.",
        ("constant", "Constant"),
        ("linear", "Falling"),
    ),
    FieldInfo(
        TrainSettings,
        "weight_decay",
        "Weight decay",
        "Pulls all weights towards zero: smoother filters, paler dreams.",
        low=0.00001,
        high=0.1,
        decimals=None,
        log=True,
    ),
    check(
        TrainSettings,
        "centred",
        "Centred gradient",
        "Learns about differences from the mean picture: steadier, above all for dark or light pictures.",
    ),
    FieldInfo(
        TrainSettings,
        "gradient_limit",
        "Gradient limit",
        "Cuts steps that are longer than this, which keeps a run from diverging; 0 cuts none.",
        low=0,
        high=100,
        decimals=1,
    ),
    number(TrainSettings, "seed", "Seed", "The same number and settings learn the same model again."),
    whole(
        TrainSettings,
        "threads",
        "Threads",
        "Processor threads that compute. The same number gives the same bits.",
        1,
        16,
    ),
)

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
    number(DreamSettings, "seed", "Seed", "The same number dreams the same pictures again."),
    number(DreamSettings, "width", "Width", "How wide the canvas is; 0 is the model's own size.", unit="px"),
    number(DreamSettings, "height", "Height", "How high the canvas is; 0 is the model's own size.", unit="px"),
    choice(
        DreamSettings,
        "seamless",
        "Seamless",
        "Along which sides the picture meets itself, so that its copies lie side by side without a seam.",
        ("both", "Both ways"),
        ("x", "Sideways"),
        ("y", "Up and down"),
        ("none", "Not"),
    ),
)

FIELDS: tuple[FieldInfo, ...] = (*PREPROCESS, *MODEL, *TRAINING, *DREAM)


def field(owner: type, name: str) -> FieldInfo:
    """Return what the table says of one field."""
    return next(info for info in FIELDS if info.owner is owner and info.name == name)
