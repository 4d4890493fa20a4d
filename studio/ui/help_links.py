"""Where the manual says more about a setting."""

from __future__ import annotations

from collections.abc import Mapping

from studio.ui.field_info import FieldInfo
from studio.ui.fields import FIELDS
from studio.ui.fields_model import CONVOLUTIONAL

PAGE = "settings.md"  # lists every setting, under a heading for each kind
EXPLAINED: tuple[FieldInfo, ...] = (*FIELDS, *CONVOLUTIONAL)
HEADINGS: Mapping[str, str] = {
    "Preprocess": "Pictures",
    "RbmSpec": "RBM",
    "TiledSpec": "Texture",
    "ConvSpec": "Convolutional",
    "CodeSpec": "Autoencoder",
    "TrainSettings": "Training",
    "DreamSettings": "Dream",
    "PartMix": "Mixer",
    "SnapshotSettings": "Snapshots",
}
LEARNING = (
    "learning_rate momentum sparsity_cost sparsity_target rule gibbs_steps batch chains decay weight_decay weight_l1 "
    "max_norm centred gradient_limit seed threads optimiser planned_steps"
)
PLAYED = "chains temperature sweeps_per_frame smooth drive seed lean blend roll coarse"
# page and heading, kind of settings, and those of them that stand there
FURTHER: tuple[tuple[str, str, str], ...] = (
    ("training.md#the-settings", "TrainSettings", LEARNING),
    ("training.md#a-run", "TrainSettings", "epochs steps seconds"),
    ("training.md#faster-on-some-processors", "TrainSettings", "precision"),
    ("training.md#chains-that-get-stuck", "TrainSettings", "temperatures hottest"),
    ("training.md#hidden-units-that-say-how-much", "RbmSpec", "hidden_units"),
    ("textures.md#several-scales", "TiledSpec", "levels"),
    ("textures.md#several-materials", "TiledSpec", "textures"),
    ("edges.md#settings", "ConvSpec", "filters side block deviation first_deviation patches"),
    (
        "codes.md#what-the-settings-do",
        "CodeSpec",
        "code hidden widths codes corruption level zoom vary known_weight units pretrain code_noise beta tied",
    ),
    ("dreaming.md#dreaming", "DreamSettings", PLAYED),
    ("playing.md#tiles", "DreamSettings", "seamless"),
    ("playing.md#snapshots", "SnapshotSettings", "every megabytes"),
    ("playing.md#the-mixer", "PartMix", "temperature gain"),
)


def address_of(info: FieldInfo) -> str:
    """Return page and heading of the manual for a setting."""
    kind = info.owner.__name__
    for address, owner, names in FURTHER:
        if owner == kind and info.name in names.split():
            return address
    return f"{PAGE}#{HEADINGS[kind].lower()}"
