"""What a model is shown of a picture with a hole: a mean colour, or, whitened, nothing with an edge."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from studio.cli.main import main
from studio.data.imageset import ImageSet
from studio.data.scaling import fit_transform
from studio.data.spec import DatasetSpec, Preprocess, Scaling
from studio.dream.blending import Blend
from studio.dream.fill import FillRequest, fill
from studio.dream.fill_settings import FillSettings
from studio.dream.held_picture import HeldPicture
from studio.dream.holes import Hole, named
from studio.dream.player import Player
from studio.dream.settings import DreamSettings
from studio.jobs.feed import Feed
from studio.jobs.stepwise import finished
from studio.models.build import build_model, weights_of
from studio.models.spec import RbmSpec, Visible
from studio.project.archive import Project, read_project, write_project
from studio.project.fill_ways import ways_of
from studio.project.painted import fill_frame
from studio.project.recipe import Recipe
from studio.project.subject import subject_of
from studio.project.trained import Trained, open_trained, transform_arrays
from tests.unit.cli.small_projects import photograph, rbm_project, texture_project
from tests.unit.cli.test_fill import levels, prepared
from tests.unit.lab.textures import noise


def opened(path: Path) -> Trained:
    return open_trained(read_project(path), "cpu")


def whitened_project(path: Path) -> Path:
    """Save an untrained RBM over whitened pictures of 40 x 32 pixels."""
    preprocess = Preprocess(height=32, width=40, scaling=Scaling.WHITEN)
    pixels = np.stack([np.rint(noise(32, 40, seed)[..., 0] * 255) for seed in range(4)])[:, None].astype(np.uint8)
    images = ImageSet(DatasetSpec(("here",)), preprocess, pixels, ("a", "b", "c", "d"))
    recipe = Recipe(preprocess=preprocess, model=RbmSpec(4, Visible.GAUSSIAN))
    model = build_model(recipe.model, preprocess.shape)
    write_project(path, Project(recipe, weights_of(model), dict(transform_arrays(fit_transform(images)))))
    return path


def test_the_hole_holds_the_mean_of_what_was_learned(tmp_path: Path) -> None:
    picture = photograph(tmp_path / "a.png")
    for path in (texture_project(tmp_path / "a.harmonium"), rbm_project(tmp_path / "b.harmonium")):
        subject = subject_of(picture, "right", opened(path))
        assert np.allclose(subject.mean, np.linspace(0.3, 0.6, subject.mean.shape[2]) if path.stem == "a" else 0.3)
        assert np.array_equal(subject.covered[subject.hole], subject.mean[subject.hole])
        assert subject.truth is not None
        assert np.array_equal(subject.covered[~subject.hole], subject.truth[~subject.hole])
        assert np.array_equal(subject.hole, named(Hole.RIGHT, (subject.hole.shape[0], subject.hole.shape[1])))
        assert (subject.name, subject.held) == ("the right half", "right")


def test_without_scaling_an_rbm_knows_the_mean_picture_itself(tmp_path: Path) -> None:
    path = rbm_project(tmp_path / "a.harmonium", gaussian=False)
    trained = opened(path)
    trained.model.saved()["start_mean"].copy_(trained.to_model(noise(12, 14)[None, ..., 0]).reshape(-1))
    assert np.allclose(trained.mean_picture((12, 14)), noise(12, 14))


def test_whitened_pictures_have_no_edge_around_their_hole(tmp_path: Path) -> None:
    path, picture = whitened_project(tmp_path / "a.harmonium"), photograph(tmp_path / "a.png", (40, 32), 1)
    subject = subject_of(picture, "left", opened(path))
    assert subject.truth is not None
    assert np.array_equal(subject.covered[~subject.hole], subject.truth[~subject.hole])
    lines = np.abs(np.diff(subject.covered[..., 0], axis=1)).mean(axis=0)
    assert lines[:19].max() < 0.2 * lines[20:].mean()
    assert lines[19] < lines[20:].max()


def test_one_pass_is_one_figure_by_whatever_door(tmp_path: Path) -> None:
    """`fill --compare`, `evaluate --fill` and the window show the model the same picture."""
    picture = photograph(tmp_path / "a.png", (40, 32), 1)
    for path in (whitened_project(tmp_path / "a.harmonium"), rbm_project(tmp_path / "b.harmonium")):
        trained, settings = opened(path), FillSettings(sweeps=1)
        for parameters in trained.model.saved().values():
            parameters.add_(0.05)  # so that what is known matters to the hole
        subject = subject_of(picture, "left", trained)
        assert subject.truth is not None
        single = fill(trained, FillRequest(subject.covered, subject.hole, settings)).one_pass
        ways = finished(ways_of(trained, subject.truth, subject.hole, settings, subject.mean))
        assert np.array_equal(ways["one_pass"], single)
        player = Player(Feed())
        player.settings = DreamSettings(width=subject.hole.shape[1], height=subject.hole.shape[0])
        player.load(trained.model, trained.to_pictures, "cpu")
        seen = trained.to_model(np.ascontiguousarray(np.moveaxis(subject.covered, 2, 0))[None])
        player.restart(seen, HeldPicture(subject.truth, ~subject.hole, seen))
        assert np.allclose(fill_frame(trained, player, Blend.HARD).one_pass, single, atol=1e-6)


@pytest.mark.parametrize("blend", ["hard", "feathered"])
def test_whitened_pictures_keep_their_known_pixels_too(tmp_path: Path, blend: str) -> None:
    path, picture = whitened_project(tmp_path / "a.harmonium"), photograph(tmp_path / "a.png", (40, 32), 1)
    out = tmp_path / "out.png"
    arguments = ["fill", str(path), str(picture), "-o", str(out), "--blend", blend, "--sweeps", "3", "--device", "cpu"]
    assert main(arguments) == 0
    found, expected = levels(out), prepared(path, picture, False)
    assert np.array_equal(found[:, 20:], expected[:, 20:])
    assert not np.array_equal(found[:, :20], expected[:, :20])
