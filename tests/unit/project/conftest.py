"""A small project with something in every member."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from studio.data.spec import DatasetSpec, Preprocess
from studio.dream.settings import DreamSettings
from studio.models.spec import RbmSpec
from studio.project.archive import Project
from studio.project.history import Curves, RunRecord
from studio.project.recipe import Recipe
from studio.training.settings import TrainSettings

CREATED = "2026-01-02T03:04:05+00:00"


def small_project() -> Project:
    generator = np.random.default_rng(3)
    curves = Curves()
    curves.extend(("reconstruction_error", step, 1 / (step + 1)) for step in range(5))
    buffer = io.BytesIO()
    Image.new("L", (4, 4), 128).save(buffer, "PNG")
    return Project(
        recipe=Recipe(
            data=DatasetSpec(paths=("/pictures/häuser",)),
            preprocess=Preprocess(height=4, width=5),
            model=RbmSpec(hidden=3),
            preset="digits-rbm",
        ),
        weights={
            "weights": generator.normal(size=(20, 3)).astype(np.float32),
            "visible_bias": np.zeros(20, np.float32),
            "hidden_bias": np.asfortranarray(generator.normal(size=(3, 1)).astype(np.float32)),
        },
        transform={"mean": np.arange(20, dtype=np.float64)},
        state={"chains": np.ones((2, 20), np.bool_), "generator": np.arange(9, dtype=np.uint8), "step": np.array(7)},
        meta={"steps": 5, "epoch": 0.5},
        runs=(
            RunRecord(1, CREATED, TrainSettings(epochs=2), "cpu", 5, 1.5, 333.0, curves, [(3, "learning_rate", 0.01)]),
        ),
        dream=DreamSettings(chains=9, seed=4),
        thumbnails={"dream": buffer.getvalue()},
        summary={"used": 120, "sources": ["häuser"]},
    )


@pytest.fixture
def project() -> Project:
    return small_project()
