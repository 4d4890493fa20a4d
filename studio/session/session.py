"""The session: all the window knows, and all it may ask."""

from __future__ import annotations

from PySide6.QtCore import QObject, QSettings, QTimer

from studio.jobs.advice import Advice
from studio.jobs.feed import LOADING
from studio.jobs.frames import FilterDetail
from studio.jobs.status import Progress
from studio.session.answers import Canvas, DreamPicture, FilterPicture
from studio.session.autosaving import Autosaving
from studio.session.compute_thread import ComputeThread
from studio.session.core import CANVAS_TASKS, LOOK
from studio.session.exhibiting import Exhibiting
from studio.session.exploring import Exploring
from studio.session.judging import Judging
from studio.session.lapsing import Lapsing
from studio.session.mixing import Mixing
from studio.session.notices import Notice
from studio.session.painting import FILLING, MASK, PAINT
from studio.session.restoring import Restoring
from studio.session.rewinding import Rewinding
from studio.session.running import Running
from studio.session.seeing import SEE, Seeing
from studio.session.task_queue import TaskProgress
from studio.session.worker import Reply, Worker

DEVICES = "Looking for devices"
PATIENCE_MS = 5_000  # how long a thread that only reads is waited for at the end


class Session(Running, Lapsing, Judging, Exhibiting, Restoring, Rewinding, Mixing, Exploring, Seeing, Autosaving):
    """Recipe, status and history of the open project; intents go in as methods, news comes out as signals.

    Lives on the window's thread, and every signal is emitted there.
    """

    def __init__(self, settings: QSettings, parent: QObject | None = None) -> None:
        super().__init__(settings, parent)
        self._pump.frame_arrived.connect(self._take_frame)
        self._compute.replied.connect(self._take_reply)
        self._ending: list[ComputeThread | Worker] = []
        self._threads: tuple[ComputeThread | Worker, ...] = (
            self._compute,
            self.pictures.worker,
            self.files.worker,
            self.autosave.worker,
        )
        self.left_behind: tuple[ComputeThread | Worker, ...] = ()  # threads that no longer end
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.timeout.connect(self._stop_waiting)
        self._parting = False  # while the last copy is being written

    def begin(self) -> None:
        """Start the threads; called once the window shows, so that torch loads behind it."""
        self._pump.start()
        self._compute.start()
        self._compute.ask(DEVICES, lambda workshop: workshop.devices())

    def set_device(self, name: str) -> None:
        """Compute there from the next run on; an idle model moves at once."""
        self.device = name
        if not self.status.busy and self.kept is not None:
            self._move_model(self.kept)

    def take_advice(self, advice: Advice) -> None:
        """Apply a proposed change; another device is shown wherever devices are."""
        if advice.device:
            self.set_device(advice.device)
            self.devices_found.emit(self.devices)
        super().take_advice(advice)

    # what arrives

    def _take_frame(self, kind: str, frame: object) -> None:
        if isinstance(frame, TaskProgress):
            self.tell_task(frame)
        elif isinstance(frame, Progress):
            self.progress = frame
            self.progressed.emit(frame)
        elif kind == LOADING:
            if self.pictures.loading:
                self.loading_changed.emit(frame)
        elif self.has_model:  # what a model that has been put away left behind is nobody's picture
            self.frame_arrived.emit(kind, frame)

    def _take_reply(self, reply: Reply) -> None:
        """Hand on what the compute thread answered."""
        value = reply.value
        stale = reply.task in CANVAS_TASKS and self._canvases_stale > 0
        if reply.task in CANVAS_TASKS:
            self._canvases_due -= 1
            self._canvases_stale -= stale
        self._take_codes(reply)
        self._take_past(reply)
        self._take_altered(reply)
        self._take_lapse(reply)
        if self._take_judgement(reply) or self._take_task(reply):
            return
        if reply.task == SEE:
            self._take_maps(reply)
        elif reply.task in (PAINT, FILLING, MASK):
            self._take_painting(reply)
        elif reply.error is not None:
            self.notify(Notice.of(reply.error))
            self._gave_up(reply.task)
            self._look_again(reply.task)
        elif reply.task == DEVICES and isinstance(value, tuple):
            self.devices = value
            self.devices_found.emit(value)
        elif isinstance(value, Canvas):
            if not (stale or self._canvases_due):
                self._take_canvas(value, whole=reply.task == LOOK)
        elif isinstance(value, FilterDetail):
            self.filter_inspected.emit(value)
        elif isinstance(value, DreamPicture | FilterPicture):
            self._write_picture(value)
        else:
            self._take_model_reply(reply)

    # the end

    def shutdown(self, keep_unsaved: bool = False) -> None:
        """Ask every thread to finish what it is doing; `closed` follows when all have.

        With `keep_unsaved` a copy of unsaved work is written first, which the next start offers.
        """
        self.pictures.end()
        self.stop_looking()
        self.cancel_tasks()
        if keep_unsaved and self.unsaved and self.autosave.on:
            self._parting = True
            self.autosave.settled.connect(self._end)
            self.autosave.now()
        else:
            self._nothing_unsaved()
            self._end()

    def _end(self) -> None:
        if self._parting:
            self._parting = False
            self.autosave.settled.disconnect(self._end)
        self.autosave.stop()
        threads = self._threads
        self._ending = [thread for thread in threads if thread.isRunning()]
        for thread in threads:
            if thread in self._ending:
                thread.finished.connect(self._thread_ended)
            thread.close()
        if self._ending:
            self._patience.start(PATIENCE_MS)
        else:
            self._all_ended()

    def _thread_ended(self) -> None:
        thread = self.sender()
        self._ending = [other for other in self._ending if other is not thread]
        if not self._ending:
            self._all_ended()

    def _stop_waiting(self) -> None:
        """Leave behind what is stuck in reading, on a share that does not answer; all else is waited for."""
        if not all(isinstance(thread, Worker) and thread.only_reads for thread in self._ending):
            self._patience.start(PATIENCE_MS)
            return
        self.left_behind = tuple(self._ending)
        for thread in self.left_behind:
            thread.finished.disconnect(self._thread_ended)
        self._all_ended()

    def _all_ended(self) -> None:
        self._patience.stop()
        for thread in self._threads:
            if thread not in self.left_behind:
                thread.wait()
        self._let_go()
        self._pump.stop()
        self._pump.pump()
        self.closed.emit()
