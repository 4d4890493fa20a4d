"""What the actions do; each method is named in the action table."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QApplication, QWidget

from studio.dream.strokes import Brush, Form
from studio.errors import ProjectError
from studio.jobs.status import PlayerState, RunState
from studio.models.altered import UNALTERED
from studio.session.notices import Notice
from studio.ui import conditions
from studio.ui.dialogs import MODEL_IS_LOST, PICTURES, PROJECTS, FileDialogs
from studio.ui.shortcut_book import ShortcutBook
from studio.ui.unsaved import UnsavedGuard
from studio.ui.widgets.helped import topic_of

if TYPE_CHECKING:
    from studio.project.sample_projects import SampleProject
    from studio.session.session import Session


class Commands(QObject):
    """Intents of the menus and keys, with the questions that come before them.

    What opens seldom is imported when it opens: the window has to show first.
    """

    workspace_asked = Signal(str)
    panels_asked = Signal()
    full_screen_asked = Signal()
    fit_asked = Signal()
    restart_asked = Signal()
    export_asked = Signal()
    copy_asked = Signal()
    copy_picture_asked = Signal()
    batch_asked = Signal()
    wrap_asked = Signal()
    borders_asked = Signal()
    shift_asked = Signal()
    tool_asked = Signal(object)  # PaintTool's fields that change
    brush_resized = Signal(int)  # steps
    swap_asked = Signal()
    pick_asked = Signal()
    gallery_asked = Signal()
    palette_asked = Signal()
    tour_asked = Signal()
    go_back_asked = Signal()
    compare_asked = Signal()
    quit_asked = Signal()
    report_asked = Signal()

    def __init__(self, session: Session, dialogs: FileDialogs, book: ShortcutBook, window: QWidget) -> None:
        super().__init__(window)
        self._session = session
        self._dialogs = dialogs
        self._window = window
        self._book = book
        self._waiting: Path | None = None
        self._sample: SampleProject | None = None
        self.guard = UnsavedGuard(session, window)
        self.guard.save_asked.connect(self.save)
        dialogs.cancelled.connect(self.guard.call_off)

    # project

    def new_project(self) -> None:
        self.guard.run(self._session.new_project)

    def open_project(self) -> None:
        self.guard.run(self._ask_open)

    def open_path(self, path: Path) -> None:
        """Open one project, as from the recent ones or a drop."""
        self._waiting = path
        self.guard.run(self._open_waiting)

    def samples(self) -> None:
        from studio.ui.samples_dialog import SamplesDialog

        dialog = SamplesDialog(self._session, self._window)
        dialog.page.sample_chosen.connect(self.open_sample)
        dialog.page.recent_chosen.connect(self.open_path)
        dialog.open()

    def open_sample(self, sample: SampleProject) -> None:
        """Open a copy of a project that comes with the studio, where there is most to see of it."""
        self._sample = sample
        self.guard.run(self._open_sample)

    def save(self) -> None:
        if self._session.project.path is None:
            self.save_as()
        else:
            self._session.save_project()

    def save_as(self) -> None:
        self._dialogs.ask_save("Save the project", PROJECTS, "harmonium", self._save_to)

    def add_folder(self) -> None:
        self._dialogs.ask_folder("A folder of pictures", self._session.add_data)

    def add_files(self) -> None:
        self._dialogs.ask_files("Picture files", PICTURES, self._session.add_data)

    def relocate(self) -> None:
        self._dialogs.ask_folder("Where the pictures are now", self._relocate_to)

    def autosave(self) -> None:
        from studio.ui.autosave_dialog import AutosaveDialog

        AutosaveDialog(self._session, self._window).open()

    def quit(self) -> None:
        self.quit_asked.emit()

    # edit

    def undo(self) -> None:
        self._session.undo()

    def redo(self) -> None:
        self._session.redo()

    def show_history(self) -> None:
        from studio.ui.history_dialog import HistoryDialog

        HistoryDialog(self._session, self._window).show()

    # training

    def start(self) -> None:
        self.begin(self._session.start)

    def begin(self, run: Callable[[], None]) -> None:
        """Begin a new run, after a question where that puts an end to a model one may want to keep."""
        if conditions.ends_a_model(self._session):
            self.guard.run(run, MODEL_IS_LOST)
        else:
            run()

    def continue_training(self) -> None:
        self._session.continue_training()

    def pause_or_resume(self) -> None:
        if self._session.status.state is RunState.PAUSED:
            self._session.resume()
        else:
            self._session.pause()

    def bring_back_model(self) -> None:
        self._session.bring_back_model()

    def time_lapse(self) -> None:
        from studio.ui.lapse_dialog import LapseDialog

        LapseDialog(self._session, self._window).show()

    def step(self) -> None:
        self.begin(partial(self._session.step, 1))

    def step_epoch(self) -> None:
        self.begin(self._session.step_epoch)

    def stop_and_keep(self) -> None:
        self._session.stop(keep=True)

    def stop_and_discard(self) -> None:
        self._session.stop(keep=False)

    # dream

    def play_or_pause(self) -> None:
        if self._session.player is PlayerState.PLAYING:
            self._session.pause_dream()
        else:
            self._session.play()

    def sweep(self) -> None:
        self._session.sweep_once()

    def restart_dream(self) -> None:
        self.restart_asked.emit()

    def heal(self) -> None:
        self._session.heal()

    def keep_snapshot(self) -> None:
        self._session.keep_snapshot()

    def go_back(self) -> None:
        self.go_back_asked.emit()

    def compare(self) -> None:
        self.compare_asked.emit()

    def reset_mixer(self) -> None:
        self._session.set_mixer(self._session.mixer.reset(), "the reset of the mixer")

    def reset_model(self) -> None:
        self._session.set_altered(UNALTERED, "the reset of the model")

    def keep_model(self) -> None:
        self._session.keep_altered()

    def export_dream(self) -> None:
        self.export_asked.emit()

    def copy_picture(self) -> None:
        self.copy_picture_asked.emit()

    def dream_batch(self) -> None:
        self.batch_asked.emit()

    def copy_command(self) -> None:
        self.copy_asked.emit()

    def toggle_wrap(self) -> None:
        self.wrap_asked.emit()

    def toggle_borders(self) -> None:
        self.borders_asked.emit()

    def toggle_shift(self) -> None:
        self.shift_asked.emit()

    # painting

    def take_brush(self) -> None:
        self.tool_asked.emit({"form": Form.LINE, "erasing": False})

    def take_stamp(self) -> None:
        self.tool_asked.emit({"form": Form.LINE, "erasing": False, "brush": Brush.FILTER})

    def take_eraser(self) -> None:
        self.tool_asked.emit({"form": Form.LINE, "erasing": True})

    def take_rectangle(self) -> None:
        self.tool_asked.emit({"form": Form.RECTANGLE, "erasing": False})

    def take_ellipse(self) -> None:
        self.tool_asked.emit({"form": Form.ELLIPSE, "erasing": False})

    def take_lasso(self) -> None:
        self.tool_asked.emit({"form": Form.LASSO, "erasing": False})

    def smaller_brush(self) -> None:
        self.brush_resized.emit(-1)

    def larger_brush(self) -> None:
        self.brush_resized.emit(1)

    def swap_brush(self) -> None:
        self.swap_asked.emit()

    def pick_colour(self) -> None:
        self.pick_asked.emit()

    def clear_painting(self) -> None:
        self._session.clear_strokes()

    # view and help

    def show_fill(self) -> None:
        self.workspace_asked.emit("fill")

    def show_train(self) -> None:
        self.workspace_asked.emit("train")

    def show_inspect(self) -> None:
        self.workspace_asked.emit("inspect")

    def show_dream(self) -> None:
        self.workspace_asked.emit("dream")

    def open_gallery(self) -> None:
        self.gallery_asked.emit()

    def evaluate(self) -> None:
        from studio.ui.evaluate_dialog import open_evaluation

        open_evaluation(self._session, self._window)

    def fit(self) -> None:
        self.fit_asked.emit()

    def toggle_panels(self) -> None:
        self.panels_asked.emit()

    def full_screen(self) -> None:
        self.full_screen_asked.emit()

    def help(self) -> None:
        """Say what the setting with the keyboard does, or show the sheet of all keys."""
        topic = topic_of(QApplication.focusWidget())
        if topic is not None:
            from studio.ui.help_bubble import HelpBubble

            place, info = topic
            HelpBubble(info, place)
            return
        from studio.ui.help_sheet import HelpSheet

        HelpSheet(self._book, self._window).show()

    def manual(self) -> None:
        from studio.ui.manual_window import open_manual

        try:
            open_manual(self._window)
        except ProjectError as error:
            self._session.notify(Notice.of(error))

    def tour(self) -> None:
        self.tour_asked.emit()

    def open_palette(self) -> None:
        self.palette_asked.emit()

    def edit_keys(self) -> None:
        from studio.ui.shortcut_editor import ShortcutEditor

        ShortcutEditor(self._book, self._window).open()

    def report(self) -> None:
        self.report_asked.emit()

    def about(self) -> None:
        from studio.ui.about_dialog import AboutDialog  # what is installed is looked up when somebody asks

        AboutDialog(self._window).open()

    def _ask_open(self) -> None:
        self._dialogs.ask_file("Open a project", PROJECTS, self._open_first)

    def _open_first(self, files: list[str]) -> None:
        self._session.open_project(Path(files[0]))

    def _open_waiting(self) -> None:
        if self._waiting is not None:
            self._session.open_project(self._waiting)

    def _open_sample(self) -> None:
        if self._sample is not None and self._session.open_sample(self._sample.path):
            self.workspace_asked.emit(self._sample.workspace)

    def _save_to(self, files: list[str]) -> None:
        self._session.save_project(Path(files[0]))

    def _relocate_to(self, files: list[str]) -> None:
        self._session.relocate(Path(files[0]))
