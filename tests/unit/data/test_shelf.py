"""Pictures kept in a store on disk are those that memory would hold; one that is stale or broken is built anew."""

from __future__ import annotations

import dataclasses
import errno
import os
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from studio.data import shelf as shelves
from studio.data.imageset import ImageSet
from studio.data.load import load
from studio.data.shelf import HELD, PIXELS, REST, Shelf
from studio.data.spec import Binarise, DatasetSpec, Flips, Preprocess
from studio.errors import Cancelled, DataError
from studio.paths import stores
from tests.unit.data.files import write_idx, write_pictures

SMALL = Preprocess(height=8, width=8)


def kept(folder: Path, place: Path, preprocess: Preprocess = SMALL) -> ImageSet:
    return load(DatasetSpec((str(folder),)), preprocess, shelf=Shelf(place, always=True))


def assert_alike(one: ImageSet, other: ImageSet) -> None:
    np.testing.assert_array_equal(one.pixels, other.pixels)
    np.testing.assert_array_equal(one.held_out, other.held_out)
    assert (one.names, one.verdicts) == (other.names, other.verdicts)
    assert (one.labels is None) == (other.labels is None)
    if one.labels is not None:
        np.testing.assert_array_equal(one.labels, other.labels)


@pytest.mark.parametrize("changes", [{}, {"patches": 20}, {"held_out": 0.5, "invert": True}])
def test_a_store_holds_what_memory_would(tmp_path: Path, changes: dict[str, Any]) -> None:
    folder = write_pictures(tmp_path / "pictures", 9)
    (folder / "p4.png").write_bytes(b"")
    preprocess = dataclasses.replace(SMALL, **changes)
    plain = load(DatasetSpec((str(folder),)), preprocess)
    assert plain.note == ""
    for _ in range(2):  # built, then read again
        found = kept(folder, tmp_path / "stores", preprocess)
        assert_alike(found, plain)
        assert "read from a store on disk" in found.note
        assert not found.pixels.flags.writeable


def test_labels_are_kept(tmp_path: Path) -> None:
    folder = tmp_path / "pictures"
    folder.mkdir()
    write_idx(folder / "a-images-idx3-ubyte", np.random.default_rng(1).integers(0, 256, (12, 8, 8), np.uint8))
    write_idx(folder / "a-labels-idx1-ubyte", np.arange(12, dtype=np.uint8))
    assert_alike(kept(folder, tmp_path / "stores"), load(DatasetSpec((str(folder),)), SMALL))


def test_a_store_is_read_again_without_reading_the_pictures(tmp_path: Path) -> None:
    folder = write_pictures(tmp_path / "pictures", 5)
    kept(folder, tmp_path / "stores")
    (rest,) = (tmp_path / "stores").glob(f"*/{REST}")
    before = rest.stat().st_mtime_ns
    same = kept(folder, tmp_path / "stores", dataclasses.replace(SMALL, flips=Flips.BOTH, binarise=Binarise.THRESHOLD))
    assert rest.stat().st_mtime_ns == before
    assert same.preprocess.flips is Flips.BOTH
    kept(folder, tmp_path / "stores", dataclasses.replace(SMALL, width=9))
    assert len(list((tmp_path / "stores").iterdir())) == 2


@pytest.mark.parametrize("change", ["written again", "added", "gone"])
def test_pictures_that_changed_are_noticed_and_the_store_built_anew(tmp_path: Path, change: str) -> None:
    folder = write_pictures(tmp_path / "pictures", 5)
    kept(folder, tmp_path / "stores")
    if change == "written again":
        shutil.copy(folder / "p1.png", folder / "p3.png")
        os.utime(folder / "p3.png", ns=(1, 1))
    elif change == "added":
        shutil.copy(folder / "p1.png", folder / "p9.png")
    else:
        (folder / "p2.png").unlink()
    found = kept(folder, tmp_path / "stores")
    assert_alike(found, load(DatasetSpec((str(folder),)), SMALL))
    assert "have changed since their store on disk was built, so it was built anew" in found.note
    assert len(list((tmp_path / "stores").iterdir())) == 1
    assert "changed" not in kept(folder, tmp_path / "stores").note


@pytest.mark.parametrize("damage", ["{", '{"form": 1}', ""])
def test_a_damaged_store_is_built_anew(tmp_path: Path, damage: str) -> None:
    folder = write_pictures(tmp_path / "pictures", 5)
    plain = kept(folder, tmp_path / "stores")
    (rest,) = (tmp_path / "stores").glob(f"*/{REST}")
    rest.write_text(damage, "utf-8")
    found = kept(folder, tmp_path / "stores")
    assert_alike(found, plain)
    assert "was damaged, so it was built anew" in found.note
    assert "damaged" not in kept(folder, tmp_path / "stores").note


@pytest.mark.parametrize("name", [PIXELS, HELD])
def test_an_array_that_was_never_written_out_is_built_anew(tmp_path: Path, name: str) -> None:
    folder = write_pictures(tmp_path / "pictures", 5)
    plain = kept(folder, tmp_path / "stores")
    (array,) = (tmp_path / "stores").glob(f"*/{name}")
    expected = dataclasses.replace(plain, pixels=plain.pixels.copy())
    array.write_bytes(b"")
    found = kept(folder, tmp_path / "stores")
    assert_alike(found, expected)
    assert "was damaged" in found.note


def test_a_disk_that_gives_up_while_a_store_is_written_is_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_arguments: object, **_keywords: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(np, "save", full)
    with pytest.raises(DataError, match="cannot be written: No space left"):
        kept(write_pictures(tmp_path / "pictures", 5), tmp_path / "stores")
    assert not list((tmp_path / "stores").iterdir())


def test_giving_up_leaves_nothing_behind(tmp_path: Path) -> None:
    folder, seen = write_pictures(tmp_path / "pictures", 9), []
    spec = DatasetSpec((str(folder),))
    with pytest.raises(Cancelled):
        load(spec, SMALL, lambda done, _: seen.append(done), lambda: len(seen) > 3, Shelf(tmp_path / "stores", True))
    assert list((tmp_path / "stores").iterdir()) == []


def test_sets_that_memory_would_not_hold_go_to_the_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = write_pictures(tmp_path / "pictures", 5)
    monkeypatch.setattr(shelves, "stores", lambda: tmp_path / "cache")
    for free, disk in ((1000, False), (500, True), (None, False)):
        monkeypatch.setattr(shelves, "free_bytes", lambda free=free: free)
        assert bool(load(DatasetSpec((str(folder),)), SMALL).note) is disk  # 320 bytes
    assert (tmp_path / "cache").is_dir()
    assert not stores().exists()


def test_a_disk_without_room_is_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = write_pictures(tmp_path / "pictures", 5)
    usage = shutil.disk_usage(tmp_path)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=10))
    with pytest.raises(DataError, match=r"0\.0 GB are free") as found:
        kept(folder, tmp_path / "stores")
    assert "--store" in found.value.hint
    assert list((tmp_path / "stores").iterdir()) == []


def test_a_folder_that_cannot_be_written_is_a_sentence(tmp_path: Path) -> None:
    folder = write_pictures(tmp_path / "pictures", 5)
    (tmp_path / "file").touch()
    with pytest.raises(DataError, match="No store can be built"):
        kept(folder, tmp_path / "file" / "stores")
