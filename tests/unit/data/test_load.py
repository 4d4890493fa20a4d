"""From a spec to an ImageSet: order, verdicts, splits, refusals."""

from __future__ import annotations

import shutil
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from studio.data.load import load, load_test
from studio.data.spec import Colour, DatasetSpec, Fit, HeldBy, Preprocess
from studio.errors import Cancelled, DataError
from tests.unit.data.files import noise, write_idx, write_pictures

SMALL = Preprocess(height=8, width=8)


def spec(*paths: Path | str, excluded: tuple[str, ...] = ()) -> DatasetSpec:
    return DatasetSpec(tuple(str(path) for path in paths), excluded)


def test_a_folder_is_read_in_natural_order_below_its_folders(tmp_path: Path) -> None:
    write_pictures(tmp_path / "b10", 2)
    write_pictures(tmp_path / "b9", 12)
    images = load(spec(tmp_path), SMALL)
    assert images.names == (*(f"b9/p{index}.png" for index in range(1, 13)), "b10/p1.png", "b10/p2.png")
    assert images.pixels.shape == (14, 1, 8, 8)
    assert not images.pixels.flags.writeable


def test_broken_files_get_a_verdict_and_the_others_stay_in_place(tmp_path: Path) -> None:
    write_pictures(tmp_path, 5)
    alone = load(spec(tmp_path), SMALL)
    (tmp_path / "p2.png").write_bytes((tmp_path / "p2.png").read_bytes()[:700])
    (tmp_path / "p4.png").write_bytes(b"")
    (tmp_path / "notes.txt").write_text("hello")
    images = load(spec(tmp_path), SMALL)
    assert images.names == ("p1.png", "p3.png", "p5.png")
    assert np.array_equal(images.pixels, alone.pixels[[0, 2, 4]])
    reasons = {verdict.name: verdict.reason for verdict in images.skipped}
    assert reasons == {
        "p2.png": "the file is truncated",
        "p4.png": "the file is empty",
        "notes.txt": "not a picture this program reads",
    }


def test_folders_that_link_to_themselves_are_entered_once(tmp_path: Path) -> None:
    folder = write_pictures(tmp_path / "pictures", 3)
    (folder / "again").symlink_to(folder, target_is_directory=True)
    assert len(load(spec(folder), SMALL)) == 3


def test_the_same_file_named_twice_counts_once(tmp_path: Path) -> None:
    write_pictures(tmp_path, 3)
    images = load(spec(tmp_path, tmp_path / "p1.png"), SMALL)
    assert len(images) == 3


def test_names_left_out_are_skipped_and_say_so(tmp_path: Path) -> None:
    write_pictures(tmp_path, 4)
    images = load(spec(tmp_path, excluded=("p2.png",)), SMALL)
    assert "p2.png" not in images.names
    assert [(verdict.name, verdict.reason) for verdict in images.skipped] == [("p2.png", "left out by hand")]


def test_rows_of_a_stack_can_be_left_out(tmp_path: Path) -> None:
    pictures = noise(5)
    path = write_idx(tmp_path / "some-images", pictures)
    images = load(spec(path, excluded=("some-images 2",)), Preprocess(height=6, width=5))
    assert np.array_equal(images.pixels[:, 0], pictures[[0, 2, 3, 4]])
    assert images.names[1] == "some-images 3"


def test_the_held_out_split_depends_on_the_seed_alone(tmp_path: Path) -> None:
    write_pictures(tmp_path, 20)
    first = load(spec(tmp_path), Preprocess(height=8, width=8, held_out=0.25, seed=3))
    second = load(spec(tmp_path), Preprocess(height=4, width=4, held_out=0.25, seed=3))
    other = load(spec(tmp_path), Preprocess(height=8, width=8, held_out=0.25, seed=4))
    assert len(first.held_out) == 5
    assert np.array_equal(first.held_out, second.held_out)
    assert not np.array_equal(first.held_out, other.held_out)
    assert sorted([*first.held_out, *first.training()]) == list(range(20))


def held_names(source: DatasetSpec, **changed: Any) -> set[str]:
    images = load(source, Preprocess(height=8, width=8, held_out=0.25, **changed))
    return {Path(images.names[index]).name for index in images.held_out}


def test_leaving_a_picture_out_moves_no_other_to_the_other_side(tmp_path: Path) -> None:
    folder = write_pictures(tmp_path / "mine", 20)
    held = held_names(spec(folder))
    names = [f"p{number}.png" for number in range(1, 21)]
    for name in names:
        assert held_names(spec(folder, excluded=(name,))) == held - {name}
    learned = tuple(sorted(set(names) - held))
    assert held_names(spec(folder, excluded=learned[:13])) == held
    left = load(spec(folder, excluded=learned), Preprocess(height=8, width=8, held_out=0.25))
    assert len(left.training()) == 1


def test_rows_of_arrays_keep_their_side_too(tmp_path: Path) -> None:
    write_idx(tmp_path / "some-images", noise(40))
    held = held_names(spec(tmp_path))
    assert len(held) == 10
    one, another = f"some-images {min(int(name.split()[1]) for name in held)}", "some-images 40"
    assert held_names(spec(tmp_path, excluded=(one, another))) == held - {one, another}
    write_pictures(tmp_path, 8)
    both = held_names(spec(tmp_path))
    assert len(both) == 12
    assert held_names(spec(tmp_path, excluded=("some-images",))) == {name for name in both if name.endswith("png")}


def test_pictures_keep_their_side_where_others_come_and_wherever_the_folder_lies(tmp_path: Path) -> None:
    folder = write_pictures(tmp_path / "mine", 40)
    held = held_names(spec(folder))
    write_pictures(tmp_path / "more", 3)
    beside = load(spec(folder, tmp_path / "more"), Preprocess(height=8, width=8, held_out=0.25))
    ours = {name.removeprefix("mine/") for name in beside.names if name.startswith("mine/")}
    now = {beside.names[index].removeprefix("mine/") for index in beside.held_out}
    assert len((now & ours) - held) <= 1  # the lowest of 43 are one more than of 40
    (tmp_path / "elsewhere").mkdir()
    folder.rename(tmp_path / "elsewhere" / "mine")
    assert held_names(spec(tmp_path / "elsewhere" / "mine")) == held


def test_pictures_of_an_older_project_are_held_out_as_they_were(tmp_path: Path) -> None:
    folder = write_pictures(tmp_path / "mine", 20)
    images = load(spec(folder), Preprocess(height=8, width=8, held_out=0.25, held_by=HeldBy.PLACE))
    then = np.sort(np.random.default_rng([0, 1]).permutation(20)[:5])
    assert np.array_equal(images.held_out, then)


def test_progress_counts_to_the_end_and_cancel_stops(tmp_path: Path) -> None:
    write_pictures(tmp_path, 6)
    seen: list[tuple[int, int]] = []
    load(spec(tmp_path), SMALL, progress=lambda done, total: seen.append((done, total)))
    assert seen[0] == (0, 6)
    assert seen[-1] == (6, 6)
    enough = iter([False] * 6 + [True] * 100)
    with pytest.raises(Cancelled):
        load(spec(tmp_path), SMALL, cancelled=lambda: next(enough))
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("decode")]


def test_a_folder_with_mnists_four_files_keeps_test_digits_apart(tmp_path: Path) -> None:
    digits = np.random.default_rng(0).integers(0, 256, (60_000, 2, 2), np.uint8)
    write_idx(tmp_path / "train-images-idx3-ubyte.gz", digits)
    write_idx(tmp_path / "train-labels-idx1-ubyte.gz", np.arange(60_000).astype(np.uint8) % 10)
    write_idx(tmp_path / "t10k-images-idx3-ubyte", digits[:50])
    write_idx(tmp_path / "t10k-labels-idx1-ubyte", np.full(50, 7, np.uint8))
    wanted = Preprocess(height=2, width=2)
    images = load(spec(tmp_path), wanted)
    assert np.array_equal(images.pixels[:, 0], digits)
    assert np.array_equal(images.held_out, np.arange(55_000, 60_000))
    assert images.labels is not None
    assert images.labels[:12].tolist() == [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1]
    tests = load_test(spec(tmp_path), wanted)
    assert np.array_equal(tests.pixels[:, 0], digits[:50])
    assert tests.labels is not None
    assert set(tests.labels.tolist()) == {7}
    assert len(tests.held_out) == 0


def test_a_folder_without_test_pictures_says_so(tmp_path: Path) -> None:
    write_pictures(tmp_path, 3)
    with pytest.raises(DataError, match="no test pictures"):
        load_test(spec(tmp_path), SMALL)


def test_patches_are_as_many_as_asked_though_a_picture_is_broken(tmp_path: Path) -> None:
    write_pictures(tmp_path, 4, 40, 60)
    (tmp_path / "p2.png").write_bytes(b"\x89PNG\r\n\x1a\n and no more")
    wanted = Preprocess(height=8, width=8, patches=50, held_out=0.2)
    images = load(spec(tmp_path), wanted)
    assert images.pixels.shape == (50, 1, 8, 8)
    assert set(images.names) == {"p1.png", "p3.png", "p4.png"}
    assert len(images.held_out) == 10
    assert np.array_equal(images.pixels, load(spec(tmp_path), wanted).pixels)
    assert [verdict.name for verdict in images.skipped] == ["p2.png"]


def test_held_out_patches_share_no_pixel_with_the_others(tmp_path: Path) -> None:
    places = np.arange(100 * 60, dtype=np.int64).reshape(60, 100)
    code = np.stack([places // 256, places % 256, np.zeros_like(places)], axis=-1).astype(np.uint8)
    Image.fromarray(code).save(tmp_path / "one.png")
    wanted = Preprocess(height=8, width=8, colour=Colour.RGB, patches=300, held_out=0.2)
    images = load(spec(tmp_path), wanted)
    place = images.pixels[:, 0].astype(int) * 256 + images.pixels[:, 1]
    assert not set(place[images.held_out].ravel()) & set(place[images.training()].ravel())


def test_patches_come_from_arrays_too(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", noise(3, 30, 30))
    images = load(spec(tmp_path / "a.npy"), Preprocess(height=8, width=8, patches=9))
    assert images.names == tuple(f"a {index}" for index in (1, 1, 1, 2, 2, 2, 3, 3, 3))


@pytest.mark.parametrize("fit", list(Fit))
@pytest.mark.parametrize("size", [(1, 300), (300, 2), (5, 5), (640, 480)])
def test_any_shape_fits(tmp_path: Path, fit: Fit, size: tuple[int, int]) -> None:
    write_pictures(tmp_path, 3, size[1], max(2, size[0]))
    assert load(spec(tmp_path), Preprocess(height=9, width=7, fit=fit)).pixels.shape == (3, 1, 9, 7)


def test_refusals_name_the_thing_and_the_remedy(tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    text = tmp_path / "text"
    text.mkdir()
    (text / "a.txt").write_text("no picture")
    one = write_pictures(tmp_path / "one", 1)
    same = tmp_path / "same"
    same.mkdir()
    for name in "abc":
        Image.new("RGB", (20, 20), "#335577").save(same / f"{name}.png")
    tiny = tmp_path / "tiny.png"
    Image.new("L", (1, 1)).save(tiny)
    mixed = tmp_path / "mixed"
    mixed.mkdir()
    (mixed / "a.txt").write_text("no picture")
    Image.new("L", (1, 1)).save(mixed / "b.png")
    cut = tmp_path / "cut.png"
    cut.write_bytes((same / "a.png").read_bytes()[:-30])
    for source, words in (
        (DatasetSpec(), "No pictures are chosen"),
        (spec(mixed), "Nothing in .*mixed can be learned from: b.png: it is only 1 x 1 px.*at least 8 x 8 px"),
        (spec(cut), "cut.png cannot be learned from: the file is truncated.*Copy it anew"),
        (spec(tmp_path / "nowhere"), "nowhere does not exist"),
        (spec(empty), "empty is empty"),
        (spec(text), "Nothing in .*text can be learned from: a.txt: not a picture.*PNG, JPEG"),
        (spec(text / "a.txt"), "text/a.txt cannot be learned from: not a picture.*PNG, JPEG"),
        (spec(tiny), "tiny.png cannot be learned from: it is only 1 x 1 px.*at least 8 x 8 px"),
        (spec(one), "one holds one picture only.*patches"),
        (spec(same), "All 3 pictures of .*same are identical"),
        (spec(one, excluded=("p1.png",)), "All pictures of .*one are left out"),
        (spec("sample:nothing"), "no bundled set called 'nothing'.*glyphs"),
    ):
        with pytest.raises(DataError, match=words) as caught:
            load(source, SMALL)
        assert caught.value.hint


def test_one_picture_is_enough_for_patches_unless_it_is_flat(tmp_path: Path) -> None:
    one = write_pictures(tmp_path / "one", 1)
    assert len(load(spec(one), Preprocess(height=8, width=8, patches=20))) == 20
    Image.new("L", (30, 30), 90).save(tmp_path / "flat.png")
    with pytest.raises(DataError, match="identical"):
        load(spec(tmp_path / "flat.png"), Preprocess(height=8, width=8, patches=20))


def test_a_set_beyond_memory_and_disk_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    room = shutil.disk_usage(tmp_path)._replace(free=10**12)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: room)
    write_pictures(tmp_path, 1)
    huge = Preprocess(height=1024, width=1024, colour=Colour.RGB, patches=1_000_000)
    with pytest.raises(DataError, match=r"1,000\.0 GB are free"):
        load(spec(tmp_path), huge)


def test_a_picture_that_is_too_large_to_be_learned_from_is_not_answered_by_a_wish_for_a_larger_one(
    tmp_path: Path,
) -> None:
    (tmp_path / "a.ppm").write_bytes(b"P3\n2000 2000\n255\n1 2 3\n")
    with pytest.raises(DataError, match="above the limit of 2: save it smaller") as refused:
        load(spec(tmp_path), Preprocess(height=8, width=8, crops=True))
    assert "larger picture" not in refused.value.hint
