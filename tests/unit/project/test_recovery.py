"""Copies of unsaved work: where they lie, how they are found, what is never touched."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from studio.errors import StudioError
from studio.project.archive import Project, read_project
from studio.project.recovery import (
    Recoverable,
    discard,
    forget,
    found_in,
    look,
    name_of,
    new_token,
    note_of,
    write_autosave,
)

TOKEN = "0123abcd"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "per-user" / "recovery"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = tmp_path / "projects"
    folder.mkdir()
    return folder


def refuse_writing(monkeypatch: pytest.MonkeyPatch, closed: Path) -> None:
    """Let nothing be made in a folder; modes mean nothing to root."""
    real = os.open

    def opened(path: str | os.PathLike[str], flags: int, mode: int = 0o777, **more: int) -> int:
        if Path(path).parent == closed and flags & os.O_CREAT:
            raise PermissionError(13, "Permission denied", str(path))
        return real(path, flags, mode, **more)

    monkeypatch.setattr(os, "open", opened)


def test_a_copy_lies_beside_the_file_and_is_found_again(project: Project, home: Path, folder: Path) -> None:
    kept = write_autosave(project, home / "wall.harmonium", TOKEN, folder)
    assert kept.autosave.parent == home
    assert kept.autosave.name.startswith(".wall.")
    assert found_in(folder) == (kept,)
    assert read_project(kept.autosave).recipe == project.recipe
    assert kept.title == "wall.harmonium"


def test_without_a_file_the_copy_lies_in_the_folder(project: Project, folder: Path) -> None:
    kept = write_autosave(project, None, TOKEN, folder)
    assert kept.autosave.parent == folder
    assert kept.title == "Untitled"
    assert found_in(folder) == (kept,)


@pytest.mark.parametrize("letter", ["wall", "\u58c1", "\U0001f9f1", "\u00fc"])
def test_any_name_that_a_project_can_have_its_copy_can_have(
    letter: str, project: Project, home: Path, folder: Path
) -> None:
    name = letter * ((255 - len(".harmonium") - 20) // len(letter.encode()))
    where = home / f"{name}.harmonium"
    where.write_bytes(b"")
    kept = write_autosave(project, where, TOKEN, folder)
    assert kept.autosave.parent == home
    assert found_in(folder) == (kept,)


def test_where_there_may_be_no_writing_the_copy_goes_to_the_folder(
    project: Project, home: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    former = write_autosave(project, home / "wall.harmonium", TOKEN, folder)
    refuse_writing(monkeypatch, home)
    kept = write_autosave(project, home / "wall.harmonium", TOKEN, folder, former)
    assert kept.autosave.parent == folder
    assert not former.autosave.exists()  # there are never two
    assert found_in(folder) == (kept,)


def test_a_folder_that_was_removed_is_no_obstacle(project: Project, tmp_path: Path, folder: Path) -> None:
    kept = write_autosave(project, tmp_path / "gone" / "wall.harmonium", TOKEN, folder)
    assert kept.autosave.parent == folder
    assert kept.project == tmp_path / "gone" / "wall.harmonium"


def test_nowhere_to_write_is_a_sentence(project: Project, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StudioError):
        write_autosave(project, None, TOKEN, tmp_path / "file" / "recovery")


def test_what_is_forgotten_is_gone(project: Project, home: Path, folder: Path) -> None:
    forget(write_autosave(project, home / "wall.harmonium", TOKEN, folder), folder)
    assert not list(home.iterdir())
    assert not list(folder.iterdir())


def test_a_copy_without_a_note_is_found(project: Project, folder: Path) -> None:
    kept = write_autosave(project, None, TOKEN, folder)
    discard(note_of(folder, TOKEN))
    (found,) = found_in(folder)
    assert (found.token, found.autosave, found.project) == (TOKEN, kept.autosave, None)


@pytest.mark.parametrize(
    "note",
    [
        b"",
        b"[]",
        b"[" * 100_000,
        b'{"autosave": 3, "project": null, "saved": ""}',
        b'{"project": null, "saved": ""}',
        b'{"autosave": "\\u0000", "project": null, "saved": ""}',
        b"\xff\xfe",
    ],
)
def test_a_damaged_note_is_passed_over(note: bytes, folder: Path) -> None:
    folder.mkdir(parents=True)
    note_of(folder, TOKEN).write_bytes(note)
    assert found_in(folder) == ()


def test_a_note_never_leads_to_what_is_no_copy(folder: Path, home: Path) -> None:
    folder.mkdir(parents=True)
    for name in ("wall.harmonium", name_of(None, "ffffffff")):
        precious = home / name
        precious.write_bytes(b"precious")
        note_of(folder, TOKEN).write_text(json.dumps({"autosave": str(precious), "project": None, "saved": ""}))
        assert found_in(folder) == ()


def test_the_latest_comes_first_and_what_is_not_there_is_left_out(project: Project, home: Path, folder: Path) -> None:
    for token, saved in (("aaaaaaaa", "2026-01-01"), ("bbbbbbbb", "2026-03-01"), ("cccccccc", "2026-02-01")):
        kept = write_autosave(project, home / "wall.harmonium", token, folder)
        note = {"autosave": str(kept.autosave), "project": None, "saved": saved}
        note_of(folder, token).write_text(json.dumps(note))
    (home / name_of(home / "wall.harmonium", "cccccccc")).unlink()
    assert [each.token for each in found_in(folder)] == ["bbbbbbbb", "aaaaaaaa"]


def test_a_look_tells_pictures_runs_and_steps(project: Project, folder: Path) -> None:
    rescue = look(write_autosave(project, None, TOKEN, folder))
    assert rescue.whole
    assert rescue.thumbnails == tuple(project.thumbnails[name] for name in sorted(project.thumbnails))
    assert "run" in rescue.words


def test_a_look_at_a_damaged_copy_says_so(project: Project, folder: Path) -> None:
    kept = write_autosave(project, None, TOKEN, folder)
    kept.autosave.write_bytes(kept.autosave.read_bytes()[:-40])
    rescue = look(kept)
    assert not rescue.whole
    assert rescue.words


def test_a_file_saved_later_is_told(project: Project, home: Path, folder: Path) -> None:
    path = home / "wall.harmonium"
    path.write_bytes(b"later")
    kept = write_autosave(project, path, TOKEN, folder)
    os.utime(path, (4e9, 4e9))
    assert "saved later" in look(kept).words
    assert Recoverable(new_token(), path).title == "Untitled"
