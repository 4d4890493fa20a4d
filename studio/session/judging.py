"""The part of the session that has the model judged, beside the dream and the run."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QSettings

from studio.jobs.evaluation import Outline, Section
from studio.session.notices import Notice
from studio.session.taking import Taking
from studio.session.task_queue import Task, TaskEnded, TaskPart, TaskProgress
from studio.session.worker import Reply

if TYPE_CHECKING:
    from studio.session.workshop import Workshop

JUDGE = "Evaluating the model"


class Judging(Taking):
    """One evaluation at a time; a model that is put away is judged no further."""

    def __init__(self, settings: QSettings, parent: QObject | None = None) -> None:
        super().__init__(settings, parent)
        self._judged = 0  # number of the evaluation in progress
        self._judge_no_more = threading.Event()
        self.model_changed.connect(self._put_away)

    @property
    def evaluating(self) -> bool:
        return bool(self._judged)

    def evaluate(self) -> None:
        """Judge the trained model as it is now; an outline, its sections and the end follow."""
        self.cancel_evaluation()
        if not self.has_model:
            return
        self._numbers += 1
        number, name = self._numbers, f"{JUDGE} {self._numbers}"
        self._judged, self._judge_no_more = number, threading.Event()
        stop = self._judge_no_more.is_set

        def ask(workshop: Workshop) -> None:
            from studio.project.evaluate import copied, evaluated

            trained = copied(workshop.learned)
            work = evaluated(trained, workshop.images, lambda found: workshop.tasks.deliver(number, name, found))
            workshop.tasks.add(Task(number, name, "", work, stop))

        self._compute.ask(name, ask)

    def cancel_evaluation(self) -> None:
        """Judge no further; what was found so far stays found."""
        if self._judged:
            self._judge_no_more.set()
            self._end_evaluation()

    def cancel_tasks(self) -> None:
        super().cancel_tasks()
        self.cancel_evaluation()

    def tell_task(self, progress: TaskProgress) -> None:
        if progress.number == self._judged:
            self.evaluation_progressed.emit(progress.done, progress.total)
        else:
            super().tell_task(progress)

    def _put_away(self, _model: object) -> None:
        self.cancel_evaluation()

    def _end_evaluation(self) -> None:
        self._judged = 0
        self.evaluation_ended.emit()

    def _take_judgement(self, reply: Reply) -> bool:
        """Hand on what came of an evaluation; False where the reply is about something else."""
        if not reply.task.startswith(JUDGE):
            return False
        if reply.task != f"{JUDGE} {self._judged}":
            return True  # it was cancelled
        value, error = reply.value, reply.error
        if isinstance(value, TaskPart) and isinstance(value.value, Outline | Section):
            self.evaluation_found.emit(value.value)
        elif isinstance(value, TaskEnded):
            error = value.error
            self._end_evaluation()
        if error is not None:
            self.notify(Notice.of(error))
            self.cancel_evaluation()
        return True
