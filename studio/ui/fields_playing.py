"""The rows of the settings of what is played with: layers of the mixer, and snapshots."""

from __future__ import annotations

from studio.dream.mixer import COLDEST, HOTTEST, LOUDEST, PartMix
from studio.dream.snapshot import SnapshotSettings
from studio.ui.field_info import FieldInfo, whole

PLAYING = (
    FieldInfo(
        PartMix,
        "temperature",
        "Layer temperature",
        "Above 1 the units of this layer fire more at random, below 1 more surely; times that of the dream.",
        low=COLDEST,
        high=HOTTEST,
        log=True,
    ),
    FieldInfo(
        PartMix,
        "gain",
        "Layer gain",
        "How strongly all units of this layer draw; at 0 it is silent.",
        high=LOUDEST,
    ),
    whole(
        SnapshotSettings,
        "every",
        "Every",
        "A snapshot by itself every so many sweeps; 0 keeps those that you ask for alone.",
        0,
        2000,
    ),
    FieldInfo(
        SnapshotSettings,
        "megabytes",
        "Memory",
        "How much memory snapshots may take. The oldest that is not locked goes first.",
        low=16,
        high=4096,
        unit="MB",
        decimals=0,
        log=True,
        whole=True,
    ),
)
