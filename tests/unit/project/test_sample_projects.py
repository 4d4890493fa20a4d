"""The projects that come with the studio: all there, small, and whole."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from studio.data.samples import find_sample
from studio.data.spec import SAMPLE_PREFIX
from studio.errors import ProjectError
from studio.models.spec import Family
from studio.paths import resources
from studio.project.archive import read_project
from studio.project.sample_projects import SampleProject, sample_projects

MOST_BYTES = 3_000_000
SAMPLES = sample_projects()

each_sample = pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: str(sample.name))


def test_there_are_a_texture_an_rbm_and_a_network_of_layers() -> None:
    families = [read_project(sample.path).recipe.model.family for sample in SAMPLES]
    assert families == [Family.TEXTURE, Family.RBM, Family.CONVOLUTIONAL]


@each_sample
def test_a_sample_is_whole_and_learned_from_bundled_pictures(sample: SampleProject) -> None:
    project = read_project(sample.path)
    (data,) = project.recipe.data.paths
    find_sample(data.removeprefix(SAMPLE_PREFIX))
    assert project.recipe.preset
    assert project.runs
    assert project.weights
    with Image.open(sample.picture) as picture:
        assert picture.width * 2 == picture.height * 3


def test_they_are_small() -> None:
    assert sum(path.stat().st_size for path in (resources() / "samples").iterdir()) < MOST_BYTES


def test_a_list_that_cannot_be_read_is_said_to_be(tmp_path: Path) -> None:
    for text in ("[{}]", "{", "3"):
        (tmp_path / "samples.json").write_text(text)
        with pytest.raises(ProjectError, match="cannot be listed"):
            sample_projects(tmp_path)
