"""The long bench: what is done is not done again, what failed is tried again, what was cut short is no row."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from studio.cli import bench_textures
from studio.cli.bench_textures import pictures_of, reduced
from studio.cli.main import main
from studio.cli.progress import ProgressLine
from studio.cli.texture_table import append, read_table
from studio.data.picture import write_png
from studio.data.spec import Colour, Preprocess
from studio.errors import DataError, DivergedError, ProjectError
from tests.unit.lab.textures import noise, weave

SHARES = {"D1": 0.9, "D2": 0.5, "D10": 0.8}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "textures"
    place.mkdir()
    for name in SHARES:
        write_png(place / f"{name}.png", weave(48, 48))
    (place / "SOURCE.md").write_text("where they come from")
    return place


@pytest.fixture
def judged(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Judge at once; return the names of what was judged."""
    seen: list[str] = []

    def quick(path: Path, work: bench_textures.Run, _line: ProgressLine) -> dict[str, Any]:
        seen.append(path.stem)
        assert path.exists()
        assert work.recipe.preprocess.held_out == 0.5
        share = SHARES[path.stem]
        zeros = {"tss_floor": 0.1, "verbatim": 0.0, "verbatim_quilting": 0.2}
        return {"share": share, "tss": share * 0.9, "tss_ceiling": 0.9, **zeros}

    monkeypatch.setattr(bench_textures, "trained_and_judged", quick)
    return seen


def bench(folder: Path, table: Path, *more: str) -> int:
    names = ["--data", str(folder), "--out", str(table), "--preset", "texture-rbm", "--device", "cpu"]
    return main(["bench", "textures", *names, *more])


def test_one_line_a_picture_and_the_median(
    folder: Path, judged: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = tmp_path / "table.jsonl"
    assert bench(folder, table, "--json") == 0
    assert judged == ["D1", "D2", "D10"]
    found = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert found["texture.share_median"]["value"] == 0.8
    assert found["texture.pictures"] == {"value": 3, "unit": "", "reference": 3, "ratio": 1.0}
    assert [row["picture"] for row in read_table(table)] == judged


def test_what_is_in_the_table_is_not_done_again(folder: Path, judged: list[str], tmp_path: Path) -> None:
    table = tmp_path / "table.jsonl"
    assert bench(folder, table, "--only", "D2") == 0
    assert judged == ["D2"]
    assert bench(folder, table) == 0
    assert judged == ["D2", "D1", "D10"]
    assert bench(folder, table, "--seed", "1", "--only", "D2") == 0
    assert judged[3:] == ["D2"], "another seed is another measurement"
    assert bench(folder, table, "--seconds", "5", "--only", "D2") == 0
    assert judged[4:] == ["D2"]


def test_another_picture_of_the_same_name_is_another_measurement(
    folder: Path, judged: list[str], tmp_path: Path
) -> None:
    table, other = tmp_path / "table.jsonl", tmp_path / "other"
    assert bench(folder, table, "--only", "D2") == 0
    other.mkdir()
    write_png(other / "D2.png", weave(64, 48))
    assert bench(other, table) == 0
    assert judged == ["D2", "D2"]
    assert bench(other, table) == bench(folder, table, "--only", "D2") == 0
    assert judged == ["D2", "D2"]
    older = [{name: value for name, value in row.items() if name != "file"} for row in read_table(table)]
    table.write_text("".join(json.dumps(row) + "\n" for row in older))
    assert bench(folder, table, "--only", "D2") == 0
    assert judged == ["D2", "D2"], "a table of before files were noted is gone on with"


def test_only_the_asked_pictures_of_a_table_count(
    folder: Path, judged: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = tmp_path / "table.jsonl"
    assert bench(folder, table) == 0
    capsys.readouterr()
    assert bench(folder, table, "--only", "D2", "--json") == 0
    assert json.loads(capsys.readouterr().out)["texture.share_median"]["value"] == 0.5
    assert len(judged) == 3


def test_what_failed_is_said_and_tried_again(
    folder: Path,
    judged: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    table = tmp_path / "table.jsonl"

    def diverging(*_: object) -> dict[str, Any]:
        raise DivergedError("Training left the finite numbers.", "Lower the learning rate.")

    with monkeypatch.context() as patch:
        patch.setattr(bench_textures, "trained_and_judged", diverging)
        assert bench(folder, table, "--only", "D1", "--json") == 0
    out, err = capsys.readouterr()
    assert "D1: Training left the finite numbers." in err
    assert json.loads(out)["texture.share_median"]["value"] is None
    assert bench(folder, table, "--only", "D1") == 0
    assert judged == ["D1"]


def test_an_interrupted_picture_is_no_row(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> dict[str, Any]:
        raise KeyboardInterrupt

    monkeypatch.setattr(bench_textures, "trained_and_judged", interrupted)
    assert bench(folder, tmp_path / "table.jsonl") == 130
    assert read_table(tmp_path / "table.jsonl") == []


def test_a_line_cut_short_is_passed_over_and_the_next_begins_afresh(tmp_path: Path) -> None:
    table = tmp_path / "table.jsonl"
    append(table, {"picture": "D1", "share": 1.0})
    with table.open("a") as file:
        file.write('{"picture": "D2", "sha')
    assert [row["picture"] for row in read_table(table)] == ["D1"]
    append(table, {"picture": "D3", "share": 0.5})
    assert [row["picture"] for row in read_table(table)] == ["D1", "D3"]
    table.write_text(table.read_text().rstrip())
    append(table, {"picture": "D4", "share": 0.5})
    assert [row["picture"] for row in read_table(table)] == ["D1", "D3", "D4"]


def test_a_file_that_is_no_table_is_refused_and_kept(folder: Path, judged: list[str], tmp_path: Path) -> None:
    table = tmp_path / "notes.txt"
    for notes in ("my notes\nof today\n", "one line", '{"mine": 1}'):
        table.write_text(notes)
        with pytest.raises(ProjectError, match=r"notes\.txt"):
            read_table(table)
        assert bench(folder, table) == 2
        assert table.read_text() == notes
    assert judged == []


def test_pictures_are_found_in_their_natural_order(folder: Path, tmp_path: Path) -> None:
    assert [path.stem for path in pictures_of(folder, None)] == ["D1", "D2", "D10"]
    assert [path.stem for path in pictures_of(folder, ["D10"])] == ["D10"]
    with pytest.raises(DataError, match="has no D7, D8"):
        pictures_of(folder, ["D8", "D7", "D1"])
    with pytest.raises(DataError, match="is no folder"):
        pictures_of(folder / "D1.png", None)
    with pytest.raises(DataError, match="no picture in"):
        pictures_of(tmp_path / "textures" / "..", None)


def test_only_larger_pictures_are_reduced(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    write_png(path, noise(64, 96, channels=3))
    grey, rgb = Preprocess(), Preprocess(colour=Colour.RGB)
    assert reduced(path, 32, grey).shape == (32, 48, 1)
    assert reduced(path, 32, rgb).shape == (32, 48, 3)
    kept = reduced(path, 320, rgb)
    assert kept.shape == (64, 96, 3)
    np.testing.assert_allclose(kept, noise(64, 96, channels=3), atol=0.01)
    path.write_bytes(b"no picture")
    with pytest.raises(DataError, match=r"a\.png cannot be used"):
        reduced(path, 32, grey)


def test_a_picture_is_trained_on_and_judged(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder, table, kept = tmp_path / "textures", tmp_path / "table.jsonl", tmp_path / "kept"
    folder.mkdir()
    write_png(folder / "weave.png", weave(200, 180))
    write_png(folder / "flat.png", np.full((200, 180), 0.5, np.float32))
    quick = ["--preset", "texture-fast", "--seconds", "0.3", "--canvases", "1", "--sweeps", "3", "--device", "cpu"]
    where = ["--data", str(folder), "--out", str(table), "--pictures", str(kept)]
    assert main(["bench", "textures", *where, *quick]) == 0
    flat, row = read_table(table)
    assert 0 < row["share"] == pytest.approx(row["tss"] / row["tss_ceiling"])
    assert row["steps"] >= 1
    assert row["verbatim"] < row["verbatim_quilting"]
    assert {"seam.score", "seam.inside", "tss_floor", "tss_deviation", "threads"} <= set(row)
    assert "one colour" in flat["error"]
    assert (kept / "weave.png").exists()
    out, err = capsys.readouterr()
    assert "weave" in out
    assert "2/2 weave" in err
