"""A file in which a session writes how it crashed, and what of it may be shown to others."""

from __future__ import annotations

import faulthandler
import getpass
import logging
import os
import platform
import re
import socket
import traceback
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import IO

from PySide6.QtCore import QLockFile, qVersion

from studio import __version__
from studio.jobs.device_info import DeviceInfo
from studio.project.recovery import new_token
from studio.session.autosave import lock_of

LOG = logging.getLogger("studio")
CRASH = "=== crash "
FATAL = ("Fatal Python error", "Windows fatal exception")  # how faulthandler begins
MOST = 1 << 20  # bytes of log that are kept
SHOWN = 1 << 16  # and of those, the last ones are shown
PACKAGES = ("torch", "numpy", "Pillow", "safetensors", "pyqtgraph")
REPORTS_KEY = "reports/folder"
FILE_LINE = re.compile(r'File "[^"\n]*(?:site-packages|lib[\\/]python[\d.]+|(?=[\\/]studio[\\/]))[\\/]([^"\n]+)"')
QUOTED = re.compile(r"""(["'])[^"'\n]*[\\/][^"'\n]*\1""")
TO_SUFFIX = re.compile(
    r"(?:(?<![\w.<])(?:[A-Za-z]:[\\/]|~?[\\/]))[^\n\"']*?\.[A-Za-z0-9]{1,10}(?=[\s\"',;:)\]]|$)", re.M
)
ABSOLUTE = re.compile(r"(?<![\w.<])(?:[A-Za-z]:[\\/]|~?[\\/])[^\s\"',;)]+")
PICTURE = re.compile(r"[^\s\"'<>/\\]+\.(?:png|jpe?g|webp|gif|bmp|tiff?|pgm|ppm|npy|npz|gz|harmonium)\b", re.I)


@dataclass(frozen=True, slots=True)
class Crashed:
    """What a session that crashed left: its file, and the end of it."""

    path: Path
    text: str


class CrashLog(logging.Handler):
    """Writes the log of this process to a file that stays only where it crashed."""

    def __init__(self, folder: Path) -> None:
        super().__init__(logging.INFO)
        self.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
        self.folder = folder
        self.name_of_file = f"{datetime.now():%Y%m%d-%H%M%S}-{os.getpid()}-{new_token()}"
        self.path = folder / f"{self.name_of_file}.log"
        self._alive: QLockFile = lock_of(folder, self.name_of_file)
        self._stream: IO[str] | None = None
        self._room = MOST
        self._seen: set[str] = set()

    def begin(self) -> None:
        """Begin to write; where that cannot be, the studio goes on without."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            self._stream = self.path.open("w", encoding="utf-8", errors="backslashreplace", buffering=1)
        except OSError as error:
            LOG.warning("No crash report can be written: %s", error.strerror or error)
            return
        self._alive.tryLock(0)
        faulthandler.enable(self._stream)
        logging.getLogger().addHandler(self)

    def emit(self, record: logging.LogRecord) -> None:
        self._write(self.format(record) + "\n")

    def crashed(self, kind: type[BaseException], error: BaseException | None, trace: TracebackType | None) -> bool:
        """Write down what nobody caught; returns whether it is new, since a panel may fail at every frame."""
        lines = traceback.format_exception(kind, error, trace)
        where = "".join(lines[1:])
        if where in self._seen:
            return False
        self._seen.add(where)
        self._write(f"{CRASH}{datetime.now():%H:%M:%S}\n{''.join(lines)}")
        return True

    def text(self) -> str:
        """Return what was written so far."""
        return tail(self.path) if self._stream is not None else ""

    def end(self) -> None:
        """Close the file; where nothing crashed, it goes."""
        if self._stream is None:
            return
        logging.getLogger().removeHandler(self)
        faulthandler.disable()
        self._stream.close()
        self._stream = None
        if not self._seen:
            remove(self.path)
        self._alive.unlock()

    def left(self) -> tuple[Crashed, ...]:
        """Return what sessions before left that crashed, the latest first; the files of others that ended go."""
        found = []
        for path in sorted(self.folder.glob("*.log"), reverse=True):
            lock = lock_of(self.folder, path.stem)
            if path == self.path or not lock.tryLock(0):
                continue
            text = tail(path)
            if CRASH in text or any(words in text for words in FATAL):
                found.append(Crashed(path, text))
            else:
                remove(path)
            lock.unlock()
        return tuple(found)

    def _write(self, text: str) -> None:
        if self._stream is None or self._room <= 0:
            return
        self._room -= len(text)
        try:
            self._stream.write(text)
        except (OSError, ValueError):
            self._room = 0  # the disk is full; telling so would lead here again


def tail(path: Path) -> str:
    try:
        with path.open("rb") as stream:
            size = stream.seek(0, os.SEEK_END)
            stream.seek(max(0, size - SHOWN))
            return stream.read(SHOWN).decode("utf-8", "replace")
    except OSError:
        return ""


def remove(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        LOG.warning("A crash report cannot be removed: %s", error.strerror or error)


def report(text: str, devices: Iterable[DeviceInfo]) -> str:
    """Return versions, devices and a log for others to read: no paths, no names of pictures, of the user or machine."""
    lines = [f"Harmonium Studio {__version__}", f"Python {platform.python_version()}, {platform.platform()}"]
    lines += [f"PySide6 {qVersion()}", *(f"{name} {version_of(name)}" for name in PACKAGES)]
    lines += [f"{device.name}: {device.label} {device.problem}".rstrip() for device in devices]
    return scrubbed("\n".join(lines)) + "\n\n" + (scrubbed(text.strip()) or "Nothing was logged.")


def version_of(name: str) -> str:
    from importlib.metadata import PackageNotFoundError, version  # when somebody reads a report

    try:
        return version(name)
    except PackageNotFoundError:
        return "is not installed"


def scrubbed(text: str) -> str:
    """Return a text without paths, picture names, and the names of user and machine; places in code stay."""
    text = FILE_LINE.sub(r"File <\1>", text)
    text = QUOTED.sub("<path>", text)
    text = TO_SUFFIX.sub("<path>", text)
    text = ABSOLUTE.sub("<path>", text)
    text = PICTURE.sub("<file>", text)
    for name in private():
        text = re.sub(rf"\b{re.escape(name)}\b", "<name>", text)
    return text


def private() -> list[str]:
    """Return the names of the user and the machine, as far as they are telling."""
    try:
        user = getpass.getuser()
    except (OSError, KeyError):  # nobody is logged in
        user = ""
    names = {user, Path.home().name, socket.gethostname()}
    return [name for name in names if len(name) > 2 and name not in ("root", "python", "user", "localhost")]
