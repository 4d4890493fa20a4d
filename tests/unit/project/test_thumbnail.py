"""The small picture of a project, and projects that hold none, or a bad one."""

from __future__ import annotations

import dataclasses
import io
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from studio.cli.main import main
from studio.data.png import encode
from studio.errors import ProjectError
from studio.paths import resources
from studio.project.archive import Project, write_project
from studio.project.thumbnail import thumbnail

DREAM = encode(np.full((60, 100, 1), 200, np.uint8), {})
FILTERS = encode(np.full((7, 7, 3), 20, np.uint8), {})


def kept(project: Project, folder: Path, **thumbnails: bytes) -> Path:
    path = folder / "a.harmonium"
    write_project(path, dataclasses.replace(project, thumbnails=thumbnails))
    return path


def seen(data: bytes) -> tuple[tuple[int, int], int]:
    with Image.open(io.BytesIO(data)) as picture:
        return picture.size, int(np.asarray(picture).max())


def test_the_dream_is_shown_before_the_filters(project: Project, tmp_path: Path) -> None:
    assert seen(thumbnail(kept(project, tmp_path, dream=DREAM, filters=FILTERS), 50)) == ((50, 30), 200)
    assert seen(thumbnail(kept(project, tmp_path, filters=FILTERS), 50))[1] == 20


def test_small_pictures_grow_by_whole_numbers(project: Project, tmp_path: Path) -> None:
    assert seen(thumbnail(kept(project, tmp_path, filters=FILTERS), 50))[0] == (49, 49)
    assert seen(thumbnail(kept(project, tmp_path, dream=DREAM), 128))[0] == (100, 60)


def test_a_project_without_a_picture_says_so(project: Project, tmp_path: Path) -> None:
    with pytest.raises(ProjectError, match="no picture yet"):
        thumbnail(kept(project, tmp_path), 64)


@pytest.mark.parametrize("broken", [b"GIF89a", DREAM[:40], DREAM[:-30]])
def test_a_picture_that_cannot_be_read_is_a_sentence(broken: bytes, project: Project, tmp_path: Path) -> None:
    with pytest.raises(ProjectError, match="damaged"):
        thumbnail(kept(project, tmp_path, dream=broken), 64)


def test_a_picture_that_would_fill_the_memory_is_refused(project: Project, tmp_path: Path) -> None:
    stream = io.BytesIO()
    Image.new("1", (9000, 9000)).save(stream, "PNG")
    with pytest.raises(ProjectError, match="larger"):
        thumbnail(kept(project, tmp_path, dream=stream.getvalue()), 64)


def test_the_verb_writes_a_png_and_loads_no_torch(tmp_path: Path) -> None:
    code = (
        "import sys; from studio.cli.main import main; status = main(sys.argv[1:]); assert 'torch' not in sys.modules"
    )
    first = resources() / "models" / "first.harmonium"
    command = [sys.executable, "-c", code, "thumbnail", str(first), "-o", str(tmp_path / "a.png"), "--size", "128"]
    found = subprocess.run(command, capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stderr
    with Image.open(tmp_path / "a.png") as picture:
        assert 64 < max(picture.size) <= 128


def test_a_project_that_is_none_is_a_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.harmonium").write_bytes(b"nothing")
    assert main(["thumbnail", str(tmp_path / "a.harmonium"), "-o", str(tmp_path / "a.png")]) == 2
    assert "not a Harmonium project" in capsys.readouterr().err
