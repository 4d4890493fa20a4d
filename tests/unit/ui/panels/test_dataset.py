"""Pictures as a person loads, counts and prepares them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from studio.data.imageset import Verdict
from studio.data.spec import Binarise, DatasetSpec, Flips, Preprocess, Scaling
from studio.errors import DataError
from studio.models.spec import TiledSpec
from studio.session.session import Session
from studio.ui.panels.dataset import DatasetPanel, summary_of
from studio.ui.seen import PreprocessDialog, counts_of, seen_values
from studio.ui.verdicts import VerdictDialog, count_words
from studio.ui.widgets.value_edit import ValueEdit
from tests.helpers.fake_session import FakeSession


@pytest.fixture
def panel(qtbot: QtBot, session: Session) -> DatasetPanel:
    made = DatasetPanel(session)
    qtbot.addWidget(made)
    made.resize(252, 300)
    made.show()
    return made


def test_an_empty_place_says_what_to_do_and_offers_it(qtbot: QtBot, panel: DatasetPanel) -> None:
    assert panel.empty.isVisible()
    assert "Drop a folder" in panel.empty.sentence()
    folder, files, _ = panel.offers
    with qtbot.waitSignals([panel.folder_asked, panel.files_asked]):
        qtbot.mouseClick(folder, Qt.MouseButton.LeftButton)
        qtbot.mouseClick(files, Qt.MouseButton.LeftButton)


def test_a_bundled_set_is_chosen_from_the_menu(panel: DatasetPanel, fake: FakeSession) -> None:
    menu = panel.offers[2].menu()
    assert isinstance(menu, QMenu)
    bricks = next(item for item in menu.actions() if item.data() == "bricks")
    bricks.trigger()
    assert fake.last("set_sample") == ("bricks",)


def test_pictures_are_shown_and_counted(panel: DatasetPanel, fake: FakeSession) -> None:
    fake.give_dataset(36, skipped=2)
    assert panel.empty.isHidden()
    assert panel.sheet.isVisible()
    assert panel.sheet.count() == 10
    assert panel.count.text() == "36 used, 2 skipped"


def test_pictures_on_disk_say_so(panel: DatasetPanel, fake: FakeSession) -> None:
    images = fake.give_dataset(36)
    assert panel.note.isHidden()
    fake.dataset = replace(images, note="The pictures are read from a store on disk: 3.00 GB.")
    fake.dataset_changed.emit(fake.dataset)
    assert panel.note.isVisible()
    assert "on disk" in panel.note.text()
    assert "on disk" in counts_of(fake.dataset)


def test_an_array_counts_its_pictures_and_patches_their_sources(fake: FakeSession) -> None:
    images = fake.give_dataset(30, skipped=0)
    array = replace(images, verdicts=(Verdict("faces.npy", True),))
    assert count_words(array) == "30 used"
    patches = replace(array, preprocess=replace(images.preprocess, patches=30))
    assert count_words(patches) == "30 patches of 1"


def test_reading_shows_progress_and_can_be_cancelled(qtbot: QtBot, panel: DatasetPanel, fake: FakeSession) -> None:
    fake.give_loading(120, 400)
    assert panel.loading.isVisible()
    assert panel.reading.text() == "Reading 120 of 400"
    assert (panel.progress.value(), panel.progress.maximum()) == (120, 400)
    qtbot.mouseClick(panel.cancel, Qt.MouseButton.LeftButton)
    assert fake.names()[-1] == "cancel_loading"
    fake.loading_changed.emit(None)
    assert panel.loading.isHidden()


def test_lost_pictures_can_be_relocated(qtbot: QtBot, panel: DatasetPanel, fake: FakeSession) -> None:
    fake.missing = ("wall.jpg", "door.jpg")
    fake.project_changed.emit(fake.project)
    assert panel.missing_words.text() == "2 folders or files were not found."
    with qtbot.waitSignal(panel.relocate_asked):
        qtbot.mouseClick(panel.relocate, Qt.MouseButton.LeftButton)
    fake.missing = ("/old/birds",)
    fake.project_changed.emit(fake.project)
    assert panel.missing_words.text() == "birds was not found."


def test_the_list_of_verdicts_searches_and_leaves_out(qtbot: QtBot, panel: DatasetPanel, fake: FakeSession) -> None:
    fake.give_dataset(12, skipped=1)
    qtbot.mouseClick(panel.count, Qt.MouseButton.LeftButton)
    dialog = panel.findChild(VerdictDialog)
    assert dialog is not None
    rows = dialog.view.model()
    assert rows.rowCount() == 13
    qtbot.keyClicks(dialog.search, "truncated")
    assert rows.rowCount() == 1
    broken = rows.index(0, 0)
    assert broken.data() == "broken 0.png   skipped: truncated"
    assert not rows.flags(broken) & Qt.ItemFlag.ItemIsUserCheckable
    dialog.search.clear()
    first = rows.index(0, 0)
    assert rows.setData(first, Qt.CheckState.Unchecked.value, Qt.ItemDataRole.CheckStateRole)
    assert fake.last("set_included") == ("wall 000.jpg", False)
    assert rows.setData(first, Qt.CheckState.Checked.value, Qt.ItemDataRole.CheckStateRole)
    assert fake.last("set_included") == ("wall 000.jpg", True)


def test_the_preparation_is_edited_with_a_preview(qtbot: QtBot, panel: DatasetPanel, fake: FakeSession) -> None:
    fake.give_dataset(30)
    qtbot.mouseClick(panel.edit, Qt.MouseButton.LeftButton)
    dialog = panel.findChild(PreprocessDialog)
    assert dialog is not None
    assert dialog.preview.grid.count() == 20
    assert dialog.preview.counts.text().startswith("27 to learn from, 3 held out")
    invert = dialog.form.editor("invert").focusProxy()
    assert invert is not None
    with qtbot.waitSignal(fake.recipe_changed):
        qtbot.mouseClick(invert, Qt.MouseButton.LeftButton, pos=invert.rect().center())
    assert fake.recipe.preprocess.invert


def test_closing_the_preparation_loses_no_edit(qtbot: QtBot, panel: DatasetPanel, fake: FakeSession) -> None:
    panel.open_preprocess()
    dialog = panel.findChild(PreprocessDialog)
    assert dialog is not None
    invert = dialog.form.editor("invert").focusProxy()
    assert invert is not None
    qtbot.mouseClick(invert, Qt.MouseButton.LeftButton, pos=invert.rect().center())
    dialog.close()
    assert fake.recipe.preprocess.invert


@pytest.mark.parametrize("count", [1, 300])
def test_what_is_shown_is_what_the_model_gets(fake: FakeSession, count: int) -> None:
    images = fake.give_dataset(count)
    plain = seen_values(images)
    assert np.allclose(plain[0], images.pixels[0].transpose(1, 2, 0) / 255, atol=1e-6)
    sharp = seen_values(replace(images, preprocess=replace(images.preprocess, binarise=Binarise.THRESHOLD)))
    assert set(np.unique(sharp)) <= {0.0, 1.0}
    scaled = seen_values(replace(images, preprocess=replace(images.preprocess, scaling=Scaling.STANDARDISE)))
    assert abs(float(scaled.mean()) - 0.5) < 0.2


def test_the_summary_names_what_differs() -> None:
    assert summary_of(Preprocess()).split() == ["Size", "28", "Grey", "Crop"]
    assert "32 x 24" in summary_of(Preprocess(width=32, height=24, patches=100))


def test_one_large_picture_is_shown_large_with_its_scale(panel: DatasetPanel, fake: FakeSession) -> None:
    panel.resize(252, 600)
    fake.give_exemplar(320, 240)
    assert panel.exemplar.isVisible()
    assert panel.sheet.isHidden()
    assert panel.exemplar.view.toolTip().startswith("320 x 240 px")
    assert panel.exemplar.view.height() > 150
    assert panel.count.text() == "1 picture"
    assert "Crops" in panel.summary.text()
    assert not panel.grab().isNull()
    fake.give_dataset(12)
    assert panel.exemplar.isHidden()
    assert panel.sheet.isVisible()


def test_a_scale_that_leaves_nothing_is_mended_where_it_was_set(panel: DatasetPanel, fake: FakeSession) -> None:
    fake.give_exemplar()
    fake.dataset = None
    fake.dataset_changed.emit(None)
    assert panel.exemplar.scale.isVisible()
    assert panel.empty.isHidden()
    assert panel.add.isVisible()
    fake.set_data(DatasetSpec())
    assert panel.exemplar.isHidden()
    assert panel.empty.isVisible()


def test_other_large_pictures_stand_below_the_first(panel: DatasetPanel, fake: FakeSession) -> None:
    fake.give_exemplar(count=4)
    assert panel.sheet.isVisible()
    assert panel.sheet.count() == 3
    assert panel.count.text() == "4 pictures"


def test_the_scale_is_measured_proposed_and_taken(qtbot: QtBot, panel: DatasetPanel, fake: FakeSession) -> None:
    fake.give_exemplar()
    assert fake.names().count("propose_scale") == 1
    assert panel.exemplar.use.isHidden()
    found = fake.give_proposal(31, 0.5)
    assert panel.exemplar.words.text() == found.objection(1.0)
    assert "larger tiles" in found.objection(1.0)
    qtbot.mouseClick(panel.exemplar.use, Qt.MouseButton.LeftButton)
    assert fake.recipe.preprocess.patch_scale == 0.5
    assert panel.exemplar.words.text() == found.sentence
    assert panel.exemplar.use.isHidden()
    assert fake.names().count("propose_scale") == 1


def test_the_scale_is_turned_by_hand_and_sent_after_a_rest(
    qtbot: QtBot, panel: DatasetPanel, fake: FakeSession
) -> None:
    fake.give_exemplar()
    edit = panel.exemplar.scale.findChild(ValueEdit)
    assert edit is not None
    edit.selectAll()
    qtbot.keyClicks(edit, "0.7")
    qtbot.keyClick(edit, Qt.Key.Key_Return)
    assert fake.recipe.preprocess.patch_scale == 1
    qtbot.waitUntil(lambda: fake.recipe.preprocess.patch_scale == 0.7)
    edit.selectAll()
    qtbot.keyClicks(edit, "99")
    qtbot.keyClick(edit, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "cannot be used" in panel.exemplar.words.text())
    assert fake.recipe.preprocess.patch_scale == 0.7


def test_other_tiles_are_measured_for_again_and_failure_is_said(panel: DatasetPanel, fake: FakeSession) -> None:
    fake.give_exemplar()
    fake.set_model(TiledSpec(tile=16))
    assert fake.names().count("propose_scale") == 2
    fake.scale_proposed.emit(DataError("The picture is of one colour only.", "Choose another."))
    assert "one colour" in panel.exemplar.words.text()
    assert panel.exemplar.use.isHidden()


def test_crops_are_previewed_flipped_and_turned_as_the_model_gets_them(fake: FakeSession) -> None:
    images = fake.give_exemplar()
    plain = seen_values(images)
    turned = seen_values(replace(images, preprocess=replace(images.preprocess, quarter_turns=True, flips=Flips.BOTH)))
    assert plain.shape == turned.shape
    assert not np.allclose(plain, turned)
    assert np.allclose(np.sort(plain, axis=None), np.sort(turned, axis=None), atol=1e-5)


def test_light_flips_and_turns_of_crops_are_in_the_form(panel: DatasetPanel, fake: FakeSession) -> None:
    fake.give_exemplar()
    panel.open_preprocess()
    dialog = panel.findChild(PreprocessDialog)
    assert dialog is not None
    for name in ("flips", "quarter_turns", "flatten", "patch_scale"):
        assert dialog.form.editor(name).isVisible()
    assert dialog.preview.mean_part.isHidden()
    assert dialog.preview.counts.text().startswith("Crops cut anew")
