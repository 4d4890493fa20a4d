"""The half of the session that keeps: projects opened, saved and begun anew."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, QSettings

from studio.dream.mixer_record import from_record
from studio.dream.settings import Blend, Start
from studio.errors import StudioError
from studio.jobs.status import PlayerState, RunStatus
from studio.lab.seam import Seam
from studio.paths import resources
from studio.project import kept_codes
from studio.project.altered_record import or_unaltered
from studio.project.archive import Project
from studio.project.locate import absolute, beside, file_beside, missing, name_of, relocate
from studio.project.recipe import Recipe
from studio.session.altering import BASE
from studio.session.answers import ToSave
from studio.session.composing import ALTERED, DRAFT, EMPTY_CANVAS, KEPT_CODES, MIXER, AsOf, Besides, OnCanvas
from studio.session.compute_thread import DREAMING
from studio.session.core import ALTERING, HOLDING
from studio.session.files import Exported, Opened, Saved
from studio.session.notices import Concern, Level, Notice, ProjectInfo
from studio.session.shaping import Shaping
from studio.session.unsaved import Unsaved
from studio.session.worker import Reply

CAPTURE = "Saving the project"
DREAM_OF = "Opening the model"
MOVE = "Moving the model"
CPU = "cpu"
BUNDLED = "first.harmonium"
TOO_MUCH = Notice(
    Level.WARNING,
    "What is painted is too much to be kept in the project; all else is.",
    "Export what you want to keep.",
)


class Keeping(Shaping):
    """New, open, save, relocate."""

    def __init__(self, settings: QSettings, parent: QObject | None = None) -> None:
        super().__init__(settings, parent)
        self._moves = 0
        self._moving = ""  # the latest request to move the model to another device
        self._changes_put_away = 0  # so many were made when another project was asked for
        self.files.opened.connect(self._opened)
        self.files.saved.connect(self._saved)
        self.files.exported.connect(self._exported)
        self.files.mask_read.connect(self.mask_read)
        self.files.failed.connect(self._file_failed)
        self.files.recent_changed.connect(self.recent_changed)
        self.files.work_changed.connect(self.work_changed)

    def new_project(self) -> None:
        """Put everything away and begin with nothing."""
        if self._refused("begin a new project"):
            return
        self._replace(None, Project(Recipe()))

    def open_bundled(self) -> None:
        """Let the bundled model dream, as nobody's project."""
        self._begin_opening()
        self.files.open(resources() / "models" / BUNDLED, bundled=True)

    def open_sample(self, path: Path) -> bool:
        """Open a project that comes with the studio in place of this one, as nobody's file; False if it is refused."""
        if self._refused("open another project"):
            return False
        self._begin_opening()
        self.files.open(path, bundled=True)
        return True

    def open_project(self, path: Path) -> None:
        """Open a project file in place of this one."""
        if not self._refused("open another project"):
            self._begin_opening()
            self.files.open(path)

    def _begin_opening(self) -> None:
        """Note what is in hand, so that nothing is lost of what is changed while another project is being read."""
        self._changes_put_away = self._changes

    def save_project(self, path: Path | None = None) -> None:
        """Save to `path`, or to where the project is kept; a run in progress is saved as it stands."""
        target = path or self.project.path
        if target is None:
            self.notify(Notice(Level.WARNING, "This project has no file yet.", "Choose where to save it."))
            return
        if target.suffix != ".harmonium":
            target = target.with_name(target.name + ".harmonium")
        self.work_changed.emit(CAPTURE)
        besides = self._besides()
        if self.has_model:
            self._compute.ask(CAPTURE, lambda workshop: workshop.to_save(target, besides))
        else:
            self._write(ToSave(target, besides))

    def relocate(self, folder: Path) -> None:
        """Look for the project's missing pictures in and under a folder."""
        spec = relocate(self.recipe.data, folder)
        lost = missing(spec)
        if lost:
            names = ", ".join(Path(path).name for path in lost[:3])
            sentence = f"{names} is not in {folder.name} either."
            self.notify(Notice(Level.WARNING, sentence, "Choose another folder."), Concern.START)
        if not lost and str(folder.absolute()) in set(spec.paths) - set(self.recipe.data.paths):
            self.notify(Notice(Level.INFO, f"The pictures are read from {folder.name} now."))
        if spec != self.recipe.data:
            self._take_recipe(dataclasses.replace(self.recipe, data=spec))
            self._touch()

    def bring_back_model(self) -> None:
        """Take the model in hand again that a run took the place of; the one at hand is then the one before."""
        before = self.model_before
        if before is None or self._refused("bring back the model before"):
            return
        self._change(before.recipe, "the settings of the model before")
        self.model_before, self.kept = self.kept, before
        self._at_stake_of_before, self.at_stake = self.at_stake, self._at_stake_of_before
        self._back_to_own()
        self._dream_of_kept()
        self._touch()

    def _refused(self, what: str) -> bool:
        if self.status.busy:
            self.notify(Notice(Level.WARNING, f"A run is going on, so Harmonium cannot {what}.", "Stop it first."))
        return self.status.busy

    def _opened(self, opened: Opened) -> None:
        if self._refused("open another project"):
            return
        if self._changes != self._changes_put_away:
            what = "The other project was not opened: this one was changed while it was being read."
            self.notify(Notice(Level.WARNING, what, "Open it again."))
            return
        project = opened.project
        if opened.path is not None:
            recipe = dataclasses.replace(project.recipe, data=beside(project.recipe.data, opened.path))
            blend = file_beside(project.dream.blend_picture, opened.path)
            dream = dataclasses.replace(project.dream, blend_picture=blend)
            project = dataclasses.replace(project, recipe=recipe, dream=dream)
        lost_map = project.dream.blend_picture
        if lost_map and Path(lost_map).is_file():
            lost_map = ""
        if lost_map:
            plain = dataclasses.replace(project.dream, blend=Blend.NONE, blend_picture="")
            project = dataclasses.replace(project, dream=plain)
        self._replace(opened.path, project, opened.canvas)
        if lost_map:
            self.notify(
                Notice(
                    Level.WARNING,
                    f"The map {Path(lost_map).name} of this dream's blend is not where it was.",
                    "Choose it again under Blend.",
                )
            )
        if self.missing:
            self.notify(
                Notice(
                    Level.WARNING,
                    f"{lost_words(self.missing)} not where they were.",
                    "Choose Relocate pictures to look for them; the model plays meanwhile.",
                ),
                Concern.START,
            )

    def _replace(self, path: Path | None, project: Project, canvas: OnCanvas = EMPTY_CANVAS) -> None:
        """Take another project in hand."""
        self._project_number += 1
        self._canvases_stale = self._canvases_due
        if self._project_number > 1:
            self.project_replaced.emit()
        self.progress = None
        self._set_status(RunStatus())
        self.model_before = None
        self._undo.clear()
        self.undo_changed.emit("", "")
        self.runs[:] = list(project.runs)
        self.curves_changed.emit()
        self.kept = project if project.weights else None
        self.dream = project.dream
        self.dream_changed.emit(self.dream)
        self._take_recipe(_draft(project) or project.recipe)
        self._dream_of_kept()
        self._alter_with(or_unaltered(project.meta.get(ALTERED)))
        self._mix_with(from_record(project.meta.get(MIXER)))
        self._set_kept_codes(kept_codes.from_record(project.meta.get(KEPT_CODES)))
        self._bring_back(canvas.beside(path))
        self.at_stake = 0.0
        self._all_in(path)

    def _dream_of_kept(self) -> None:
        kept, dream, device, number = self.kept, self.dream, self.device, self._pump.another_model()
        self._forget_start()
        self._own = None
        if kept is None:
            self._compute.ask("Closing the model", lambda workshop: workshop.close(dream, number))
            self._set_player(PlayerState.EMPTY)
            self._tell_model(None)
            return
        project = dataclasses.replace(kept, dream=dream)
        self._compute.ask(DREAM_OF, lambda workshop: workshop.open_another(project, device, number))
        self._set_player(PlayerState.PLAYING)
        self._tell_model(kept.recipe)

    def _bring_back(self, canvas: OnCanvas) -> None:
        """Hold and paint what the project held and painted, once the pictures are read that it needs for that."""
        if self.kept is None or not canvas.any:
            return
        self._canvas_waits = canvas
        read = self.pictures.has(self.recipe.data, self.recipe.preprocess) and not self.pictures.loading
        if canvas.hold is None or canvas.hold.picture or read:
            self._hold_again()

    def _move_model(self, kept: Project) -> None:
        """Open the model at hand anew on the device that is chosen, and go on with all that was done to it."""
        project, device, base = dataclasses.replace(kept, dream=self.dream), self.device, self._base
        altered, hold, dream, strokes = self.altered, self.hold, self.dream, self.strokes
        self._moves += 1
        self._moving = f"{MOVE}, request {self._moves}"
        self._compute.ask(self._moving, lambda workshop: workshop.open(project, device))
        if self.player is PlayerState.PAUSED:
            self._compute.ask("Pausing the dream", lambda workshop: workshop.player.pause())
        if base:
            self._compute.ask(BASE, lambda workshop: workshop.go_to_base(project, base, altered))
        elif not altered.neutral:
            self._compute.ask(ALTERING, lambda workshop: workshop.alter(altered))
        self._send_mix()
        if hold is not None:
            self._ask_canvas(HOLDING, lambda workshop: workshop.hold(hold, dream))
        else:
            self.start_of_dream = (Start.NOISE, "", -1)
        self._tell_model(kept.recipe)
        if strokes:
            self._repaint(strokes)

    def _take_model_reply(self, reply: Reply) -> None:
        if isinstance(reply.value, ToSave):
            self._write(reply.value)

    def _gave_up(self, task: str) -> None:
        """Undo what was begun for a request that failed."""
        if task == CAPTURE:
            self.work_changed.emit("")
        elif task == HOLDING and self.strokes:
            self._repaint(())  # over what could not be held
        elif task == DREAMING:
            self._set_player(PlayerState.PAUSED)
        elif task == self._moving and self.kept is not None and not self.status.busy and self.device != CPU:
            self.device = CPU  # until now it is where it was, and nothing is lost
            self.devices_found.emit(self.devices)
            self._move_model(self.kept)
        elif task == DREAM_OF:
            self.kept = None
            self._set_player(PlayerState.EMPTY)
            self._tell_model(None)

    def _write(self, wanted: ToSave) -> None:
        """Write a project, with what the session has of it now or, where it was put away, had of it when asked."""
        besides = wanted.besides
        if besides.as_of.number == self._project_number:
            # The weights are those of when it was asked, and so is what is done to them; what came since is unsaved.
            then = {name: getattr(besides, name) for name in ("as_of", "altered", "dream", "canvas", "recorded")}
            besides = dataclasses.replace(self._besides(), **then)
            if besides.canvas.any and besides.recorded is None and wanted.project is not None:
                self.notify(TOO_MUCH)
        self._run_in_file = wanted.project is not None and self.status.learning
        self.files.save(wanted.path, besides.composed(wanted.project), besides.as_of)

    def _besides(self) -> Besides:
        """Return the session's half of the project as it stands."""
        images = self.dataset
        return Besides(
            as_of=AsOf(self._project_number, self._changes, self.at_stake),
            recipe=dataclasses.replace(self.recipe, data=absolute(self.recipe.data)),
            kept=self.kept,
            runs=tuple(run.copy() for run in self.runs),  # they grow while they are being written
            dream=self.own_dream,
            mixer=self.mixer,
            altered=self.altered,
            kept_codes=self.kept_codes,
            canvas=self._on_canvas(),
            summary={"pictures": len(images), "skipped": len(images.skipped)} if images is not None else {},
        )

    def _saved(self, saved: Saved) -> None:
        self._in_order(Concern.FILES)
        as_of = saved.as_of
        if as_of.number == self._project_number:
            if as_of.at_stake == self.at_stake:  # no run ended in the meantime
                self.at_stake = 0.0
            self._all_in(saved.path, changed=as_of.changes != self._changes)

    def _all_in(self, path: Path | None, changed: bool = False) -> None:
        """Note that this file holds everything, or all but what was changed while it was written."""
        self._unsaved = Unsaved(changed)
        self.project = ProjectInfo(path, changed)
        self.project_changed.emit(self.project)

    def _exported(self, exported: Exported) -> None:
        wide, high = exported.size
        hints = [f"{wide} x {high} px. {seam_words(exported.seams)}"] if exported.seams else []
        hints += [exported.words] if exported.words else []
        if exported.exact is False:
            hints.append("It was drawn while things changed: its recipe brings back the settings, not every pixel.")
        what = f"{exported.path.name} was stopped." if exported.stopped else f"Saved {exported.path.name}."
        self._in_order(Concern.FILES)
        self.notify(Notice(Level.INFO, what, " ".join(hints)))

    def _file_failed(self, _task: str, error: StudioError) -> None:
        self.notify(Notice.of(error), Concern.FILES)


def seam_words(seams: tuple[tuple[int, Seam], ...]) -> str:
    """Return how well a picture meets itself: Seam 1.02 sideways and 0.97 upwards, where 1 is a line like any other."""
    told = " and ".join(f"{one.score:.2f} {('upwards', 'sideways')[axis]}" for axis, one in reversed(seams))
    alike = all(one.inside for _, one in seams)
    verdict = "where 1 is a line like any other" if alike else "outside the spread of the lines inside"
    return f"Seam {told}, {verdict}."


def _draft(project: Project) -> Recipe | None:
    """Return the recipe that was being edited when the project was saved, if it was not the model's own."""
    value: Mapping[str, Any] | None = project.meta.get(DRAFT)
    return Recipe.from_dict(value) if value is not None else None


def lost_words(lost: Sequence[str]) -> str:
    """Return what is missing: the name of the one folder or file, or how many there are."""
    if len(lost) == 1:
        return f"The pictures of {name_of(lost[0])} are"
    return f"{len(lost)} of this project's picture folders and files are"
