"""What the halves of the session share: its state, its threads."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QSettings

from studio.data.imageset import ImageSet
from studio.dream.mixer import Mixer, Units
from studio.dream.place import Hold
from studio.dream.settings import DreamSettings, Start
from studio.dream.snapshot import Mark, Snapshot, SnapshotSettings
from studio.dream.strokes import Stroke
from studio.jobs.code_frames import CodePoint
from studio.jobs.control import LiveSettings, RunControl
from studio.jobs.device_info import DeviceInfo
from studio.jobs.feed import Feed
from studio.jobs.status import PlayerState, Progress, RunStatus
from studio.models.altered import UNALTERED, Altered
from studio.models.parts import Part, parts_of
from studio.models.spec import TiledSpec, one_scale
from studio.project.archive import Project
from studio.project.held import Held
from studio.project.history import RunRecord
from studio.project.horizon import horizon_words
from studio.project.recipe import Recipe
from studio.session.answers import Canvas
from studio.session.composing import OnCanvas, turned
from studio.session.compute_thread import ComputeThread
from studio.session.files import Files
from studio.session.notices import Concern, Notice, ProjectInfo
from studio.session.pictures import Pictures
from studio.session.pump import FramePump
from studio.session.telling import Telling
from studio.session.undo import Document, Undo
from studio.session.unsaved import Unsaved

if TYPE_CHECKING:
    from studio.session.workshop import Workshop

PLAYING = "Setting the dream"
HOLDING = "Holding a picture"
RESTART = "Starting the dream"
LOOK = "Looking at the dream"
PAINTING = "Painting again"
MIXING = "Mixing"
MARKING = "Marking snapshots"
ALTERING = "Altering the model"
CANVAS_TASKS = frozenset((PLAYING, HOLDING, RESTART, LOOK))
CANVAS = frozenset(("chains", "width", "height", "seamless"))  # of the settings of a dream


class SessionCore(Telling):
    """State; the compute thread, the reader of pictures and the keeper of files belong to it."""

    def __init__(self, settings: QSettings, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.recipe = Recipe()
        self.status = RunStatus()
        self.progress: Progress | None = None
        self.runs: list[RunRecord] = []
        self.player = PlayerState.EMPTY
        self.dream = DreamSettings()
        self.live = LiveSettings()
        self.project = ProjectInfo()
        self._unsaved = Unsaved()
        self._changes = 0  # so many were made
        self.at_stake = 0.0  # seconds that the model at hand has learned and no file holds
        self._project_number = 0  # of those that were taken in hand one after another
        self._run_in_file = False  # the run in progress was saved as it stood
        self._canvases_due = 0  # replies
        self._canvases_stale = 0  # of these, how many are of a project that was put away
        self.devices: tuple[DeviceInfo, ...] = ()
        self.device = "auto"
        self.missing: tuple[str, ...] = ()
        self.kept: Project | None = None
        self.model_before: Project | None = None  # that a run took the place of and no file holds
        self._at_stake_of_before = 0.0
        self.family = ""  # of the model at hand
        self.textures = 1  # that it knows
        self.one_scale = False
        self.framed = False
        self.start_of_dream: tuple[Start, str, int] = (Start.NOISE, "", -1)
        self.hold: Hold | None = None
        self.strokes: tuple[Stroke, ...] = ()
        self._held: Held | None = None
        self._canvas_waits: OnCanvas | None = None  # what the project held and painted, until its pictures are read
        self._own: DreamSettings | None = None  # the dream's settings without the picture that is the canvas
        self.mixer = Mixer()
        self.parts: tuple[Part, ...] = ()  # of the model at hand
        self._pressed: Units = frozenset()
        self.altered = UNALTERED
        self.lapse_steps: tuple[int, ...] = ()
        self._base = 0  # which of the models that were kept is at hand
        self._bases: dict[int, Project] = {}
        self.kept_codes: tuple[CodePoint, ...] = ()  # on the map of codes
        self.snapshots: tuple[Snapshot, ...] = ()
        self.snapshot_settings = SnapshotSettings()
        self._marks: tuple[Mark, ...] = ()
        self._sweep = 0
        self._control = RunControl()
        self._wanted: set[str] = set()
        self._concerns: dict[Concern, Notice] = {}  # what is out of order, and what was said about it
        self._undo = Undo()
        self._feed = Feed()
        self.pictures = Pictures(self._feed, self)
        self.files = Files(settings, self)
        self._compute = ComputeThread(self._feed, self)
        self._pump = FramePump(self._feed, self)

    @property
    def dataset(self) -> ImageSet | None:
        return self.pictures.images

    @property
    def document(self) -> Document:
        """What is in force of all that undo brings back."""
        return Document(
            self.recipe,
            self.dream,
            self.hold,
            self.strokes,
            self.mixer,
            self._marks,
            self.altered,
            self._base,
            self.kept_codes,
            self._own,
        )

    @property
    def own_dream(self) -> DreamSettings:
        """The dream's own settings: a picture that is the canvas brings its size, its borders and chains along."""
        return self._own or self.dream

    @property
    def recent(self) -> tuple[Path, ...]:
        return self.files.recent

    @property
    def exhibiting(self) -> bool:
        """Whether the dream is shown in the gallery."""
        return False

    @property
    def horizon(self) -> str:
        """How far from its beginning the model was trained to dream, in words."""
        return "" if self.kept is None else horizon_words(self.kept.recipe, self.kept.meta)

    @property
    def has_model(self) -> bool:
        return self.kept is not None or self.status.learning

    def set_wanted(self, kind: str, wanted: bool) -> None:
        """Say whether anybody looks at frames of this kind."""
        if wanted:
            self._wanted.add(kind)
        else:
            self._wanted.discard(kind)
        self._control.set_wanted(kind, wanted)

    def notify(self, notice: Notice, about: Concern | None = None) -> None:
        """Say something; what is said about a concern takes the place of what was said about it before."""
        if about is not None:
            self._in_order(about)
            self._concerns[about] = notice
        self.notice_posted.emit(notice)

    def _in_order(self, concern: Concern) -> None:
        """Take back what was said about a concern, if anything was."""
        over = self._concerns.pop(concern, None)
        if over is not None:
            self.notice_over.emit(over)

    def _tell_model(self, recipe: Recipe | None) -> None:
        """Say what the recipe of the model at hand is."""
        spec = recipe.model if recipe is not None else None
        self.family = str(spec.family) if spec is not None else ""
        self.textures = spec.textures if isinstance(spec, TiledSpec) else 1
        self.one_scale = spec is not None and one_scale(spec)
        self.framed = recipe is not None and recipe.framed
        self.parts = parts_of(spec) if spec is not None else ()
        self.model_changed.emit(self.family or None)

    @property
    def wrap(self) -> tuple[bool, bool]:
        """Whether the bottom of the dream meets its top, and its right side the left one."""
        return self.dream.seamless.wrap((not self.framed, not self.framed))

    def _set_status(self, status: RunStatus) -> None:
        self.status = status
        self.status_changed.emit(status)

    def _set_player(self, state: PlayerState) -> None:
        if state is not self.player:
            self.player = state
            self.player_changed.emit(state)

    def _play_with(self, value: DreamSettings) -> None:
        if value != self.dream:
            self.dream = value
            self.dream_changed.emit(value)
            self._ask_canvas(PLAYING, lambda workshop: workshop.set_dream(value))

    def _hold_with(self, hold: Hold | None, value: DreamSettings, several: bool = False) -> None:
        """Hold this from a fresh beginning, or set free what is held, and play with these settings.

        With `several`, as many chains fill a whole picture as can be watched.
        """
        if value != self.dream:
            self.dream = value
            self.dream_changed.emit(value)
        self.start_of_dream = (Start.NOISE, "", -1)  # what is set free began from noise, too
        if hold is not None and not hold.framed:
            self.start_of_dream = (Start.PICTURE, hold.picture, -1)
        self._set_hold(hold)
        self._set_strokes(())
        self._ask_canvas(HOLDING, lambda workshop: workshop.hold(hold, value, several))

    def _ask_canvas(self, task: str, work: Callable[[Workshop], Canvas]) -> None:
        """Ask for what changes what the dream is on; what it is on then counts once all that was asked for is done."""
        self._canvases_due += 1
        self._compute.ask(task, work)

    def _repaint(self, strokes: tuple[Stroke, ...]) -> None:
        """Paint these strokes in place of those that are there."""
        self._set_strokes(strokes)
        self._compute.ask(PAINTING, lambda workshop: workshop.repaint(strokes))

    def _set_strokes(self, strokes: tuple[Stroke, ...]) -> None:
        if strokes:
            self._canvas_waits = None
        if strokes != self.strokes:
            self.strokes = strokes
            self.strokes_changed.emit(strokes)

    def _mix_with(self, mixer: Mixer) -> None:
        if mixer != self.mixer:
            self._show_mixer(mixer)
            self._send_mix()

    def _show_mixer(self, mixer: Mixer) -> None:
        if mixer != self.mixer:
            self.mixer = mixer
            self.mixer_changed.emit(mixer)

    def _show_altered(self, altered: Altered) -> None:
        if altered != self.altered:
            self.altered = altered
            self.altered_changed.emit(altered)

    def _alter_with(self, altered: Altered) -> None:
        """Play the model altered so from the next sweep on."""
        if altered != self.altered:
            self._show_altered(altered)
            self._compute.ask(ALTERING, lambda workshop: workshop.alter(altered))

    def _send_mix(self) -> None:
        mixer, pressed = self.mixer, self._pressed
        self._compute.ask(MIXING, lambda workshop: workshop.mix(mixer, pressed))

    def _mark_with(self, marks: tuple[Mark, ...]) -> None:
        if marks != self._marks:
            self._marks = marks
            self._send_marks()

    def _send_marks(self) -> None:
        """Let snapshots be kept as the settings say, but none by themselves in the gallery: nobody goes back there."""
        settings, marks = self.snapshot_settings, self._marks
        if self.exhibiting:
            settings = dataclasses.replace(settings, every=0)
        self._compute.ask(MARKING, lambda workshop: workshop.set_snapshots(settings, marks))

    def _set_kept_codes(self, points: tuple[CodePoint, ...]) -> None:
        if points != self.kept_codes:
            self.kept_codes = points
            self.kept_codes_changed.emit(points)

    def _set_hold(self, hold: Hold | None) -> None:
        if hold is None:
            self._held = None
        else:
            self._canvas_waits = None
        if hold != self.hold:
            self.hold = hold
            self.hold_changed.emit(hold)

    def _forget_start(self) -> None:
        """Note that another model dreams, from noise, with nothing held, mixed or altered."""
        self.start_of_dream = (Start.NOISE, "", -1)
        self._canvas_waits = None
        self._undo.let_go()
        self._pressed = frozenset()
        self._show_mixer(Mixer())
        self._show_altered(UNALTERED)
        self._base = 0
        self._bases.clear()
        self._set_hold(None)
        self._set_strokes(())
        self._set_kept_codes(())

    def _back_to_own(self) -> None:
        """Play with the dream's own settings again, where no picture is the canvas any more."""
        own, self._own = self.own_dream, None
        self._play_with(own)

    def _on_canvas(self) -> OnCanvas:
        """Return what is held and painted, or was in the file and waits for pictures."""
        return self._canvas_waits or OnCanvas(self.hold, self.strokes, turned(self.own_dream, self.dream))

    def _hold_again(self) -> None:
        """Hold and paint what was held and painted when the project was saved."""
        found, self._canvas_waits = self._canvas_waits, None
        if found is None:
            return
        if found.hold is not None:
            own = self.dream
            self._hold_with(found.hold, found.over(own))
            self._own = own if found.hold.framed else None
        if found.strokes:
            self._repaint(found.strokes)

    def _with_own_canvas(self, dream: DreamSettings) -> DreamSettings:
        """Return settings with the dream's own canvas."""
        return dataclasses.replace(dream, **{name: getattr(self.own_dream, name) for name in CANVAS})

    def _remember(self, label: str, alone: bool = False) -> None:
        """Keep what is in force for undo, before a change called `label`, which is none with others if `alone`."""
        self._undo.changed(label, self.document, alone)
        self._touch()
        self.undo_changed.emit(*self._undo.labels)

    def _touch(self) -> None:
        """Note that something was changed that no file holds."""
        self._changes += 1
        self._set_unsaved(dataclasses.replace(self._unsaved, changed=True))

    def _learn_on(self) -> None:
        """Note that the run in progress has learned something that no file holds."""
        self._set_unsaved(dataclasses.replace(self._unsaved, learning=True))

    def _set_unsaved(self, unsaved: Unsaved) -> None:
        self._unsaved = unsaved
        if self.project.dirty is not unsaved.any:
            self.project = dataclasses.replace(self.project, dirty=unsaved.any)
            self.project_changed.emit(self.project)
