"""The pictures at hand: read in the background, the latest request wins."""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, Signal

from studio.data.first import first_exemplar
from studio.data.imageset import ImageSet
from studio.data.load import load
from studio.data.peek import Peek, peek
from studio.data.room import least_scale
from studio.data.scale import Proposal, propose_scale
from studio.data.spec import APPLIED_LATER, DatasetSpec, Preprocess
from studio.errors import NothingReadError, StudioError
from studio.jobs.feed import LOADING, Feed
from studio.session.notices import LoadProgress
from studio.session.worker import Reply, Worker

LOOKING = "Looking at pictures"


class Pictures(QObject):
    """Loads a dataset on a worker thread and tells when it is here or why not."""

    changed = Signal(object)  # ImageSet | None
    loading_changed = Signal(bool)
    failed = Signal(object)  # StudioError
    looked_at = Signal(object, object)  # DatasetSpec, Peek
    not_taken = Signal(object)  # StudioError: why nothing that was looked at can be learned from
    scale_proposed = Signal(object)  # Proposal | StudioError

    def __init__(self, feed: Feed, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._feed = feed
        self.worker = Worker("pictures", self)
        self.worker.replied.connect(self._take)
        self._cancel = threading.Event()
        self._ended = threading.Event()
        self._number = 0
        self._asked = ""
        self._reading: tuple[str, ...] = ()
        self._measured = ""
        self.images: ImageSet | None = None
        self.unreadable: tuple[str, ...] = ()  # paths that were read last, of which nothing can be

    @property
    def loading(self) -> bool:
        return bool(self._asked)

    def has(self, spec: DatasetSpec, preprocess: Preprocess) -> bool:
        """Whether the pictures at hand are these."""
        return self.images is not None and (self.images.spec, self.images.preprocess) == (spec, preprocess)

    def request(self, spec: DatasetSpec, preprocess: Preprocess) -> None:
        """Have these pictures at hand soon; what is being read meanwhile is given up."""
        if not spec.paths:
            self.cancel()
            self._replace(None)
            return
        if self.images is not None and not self.loading and self.images.spec == spec:
            if self.has(spec, preprocess):
                return
            if _read_alike(self.images.preprocess, preprocess):
                self._replace(dataclasses.replace(self.images, preprocess=preprocess))
                return
        self.cancel()
        self._number += 1
        self._asked = f"Reading pictures, request {self._number}"
        self._reading = spec.paths
        self._cancel = threading.Event()
        cancelled = self._cancel.is_set
        self.worker.ask(self._asked, partial(load, spec, preprocess, self._progress, cancelled), reads=True)
        self.loading_changed.emit(True)

    def look(self, spec: DatasetSpec, preprocess: Preprocess) -> None:
        """Look at what kind of pictures these are; `looked_at` follows, or `not_taken`: those at hand stay."""
        self.cancel()
        self._number += 1
        self._asked = f"{LOOKING}, request {self._number}"
        self._cancel = threading.Event()
        self.worker.ask(self._asked, partial(_look, spec, preprocess, self._cancel.is_set), reads=True)
        self.loading_changed.emit(True)

    def propose_scale(self, spec: DatasetSpec, preprocess: Preprocess, tile: int) -> None:
        """Measure how large the structure of the first picture is; `scale_proposed` follows."""
        self._number += 1
        self._measured = f"Measuring the structure, request {self._number}"
        self.worker.ask(self._measured, partial(_propose, spec, preprocess, tile, self._ended.is_set), reads=True)

    def end(self) -> None:
        """Give up whatever is being read or measured; nothing is asked for any more."""
        self._ended.set()
        self.cancel()

    def cancel(self) -> None:
        """Give up what is being read; the pictures at hand stay."""
        self._cancel.set()
        if self._asked:
            self._asked = ""
            self.loading_changed.emit(False)

    def _progress(self, done: int, total: int) -> None:
        self._feed.put(LOADING, LoadProgress(done, total))

    def _take(self, reply: Reply) -> None:
        if reply.task == self._measured:
            self.scale_proposed.emit(reply.error if reply.error is not None else reply.value)
        if reply.task != self._asked:
            return
        self._asked = ""
        if reply.task.startswith(LOOKING) and isinstance(reply.error, StudioError):
            self.loading_changed.emit(False)
            self.not_taken.emit(reply.error)
            return
        if isinstance(reply.value, tuple):
            self.loading_changed.emit(False)
            self.looked_at.emit(*reply.value)
            return
        self._replace(reply.value if isinstance(reply.value, ImageSet) else None)
        self.unreadable = self._reading if isinstance(reply.error, NothingReadError) else ()
        self.loading_changed.emit(False)
        if isinstance(reply.error, StudioError):
            self.failed.emit(reply.error)

    def _replace(self, images: ImageSet | None) -> None:
        self.images = images
        self.changed.emit(images)


def _read_alike(one: Preprocess, other: Preprocess) -> bool:
    """Whether two settings read the same pixels and differ only in what each batch does to them."""
    alike = {name: getattr(one, name) for name in APPLIED_LATER}
    return dataclasses.replace(other, **alike) == one


def _propose(spec: DatasetSpec, preprocess: Preprocess, tile: int, ended: Callable[[], bool]) -> Proposal:
    picture, known = first_exemplar(spec, preprocess, ended)
    return propose_scale(picture, tile, least_scale(known, preprocess))


def _look(spec: DatasetSpec, preprocess: Preprocess, cancelled: Callable[[], bool]) -> tuple[DatasetSpec, Peek]:
    seen = peek(spec, cancelled)
    if not seen.promising:
        load(spec, preprocess, cancelled=cancelled)  # which says what is wrong
    return spec, seen
