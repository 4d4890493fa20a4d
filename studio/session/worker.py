"""A thread for files: reads pictures and writes projects, so that neither waits for the window or for training."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QObject, QThread, Signal

from studio.data.freed import Tidy
from studio.errors import Cancelled, StudioError


@dataclass(frozen=True, slots=True, eq=False)
class Reply:
    """The value a task returned, or the error that ended it; both None when it was cancelled."""

    task: str
    value: object = None
    error: StudioError | None = None


class Worker(QThread):
    """Runs tasks one after another; `replied` carries a Reply for each to the thread that listens."""

    replied = Signal(object)

    def __init__(self, name: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self._condition = threading.Condition()
        self._tasks: deque[tuple[str, Callable[[], object], bool]] = deque()
        self._closing = False
        self._reads = False

    @property
    def only_reads(self) -> bool:
        """Whether nothing is lost when this thread is not waited for: all it does is read."""
        with self._condition:
            return self._reads and all(reads for _, _, reads in self._tasks)

    def ask(self, task: str, work: Callable[[], object], *, reads: bool = False) -> None:
        """Run `work` when its turn comes; where it only `reads`, closing does not wait for its turn."""
        with self._condition:
            self._tasks.append((task, work, reads))
            self._condition.notify()
        if not self.isRunning():
            self.start()

    def close(self) -> None:
        """Finish what is to be written, then end."""
        with self._condition:
            self._closing = True
            self._tasks = deque(each for each in self._tasks if not each[2])
            self._condition.notify()

    def run(self) -> None:
        tidy = Tidy()
        while True:
            with self._condition:
                while not self._tasks and not self._closing:
                    self._condition.wait()
                if not self._tasks:
                    return
                task, work, self._reads = self._tasks.popleft()
            self.replied.emit(done(task, work))
            with self._condition:
                self._reads = False
            tidy.look()


def done(task: str, work: Callable[[], object], explain: Callable[[Exception], StudioError] | None = None) -> Reply:
    """Run `work`; whatever it raises becomes a sentence, by `explain` where it is not one already."""
    try:
        return Reply(task, work())
    except Cancelled:
        return Reply(task)
    except StudioError as error:
        return Reply(task, error=error)
    except Exception as error:
        return Reply(task, error=(explain or unexpected)(error))


def unexpected(error: Exception) -> StudioError:
    """Return the sentence for an error nobody foresaw, with the error itself as its cause."""
    sentence = StudioError(
        f"Something unexpected went wrong ({type(error).__name__}: {error}).", "Please report it with the log."
    )
    sentence.__cause__ = error
    return sentence
