"""What the studio is made of and under which licences, read from what is installed."""

from __future__ import annotations

import importlib.metadata
import platform
import re
import sys
import sysconfig
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import Distribution, PackageNotFoundError
from pathlib import Path

from studio.paths import resources

DISTRIBUTION = "harmonium-studio"
LICENCE_FILE = re.compile(r"(^|/)(licen[cs]e|copying|notice|copyright|authors)[^/]*$|\.dist-info/licenses/", re.I)
COPIES = {"LGPL-3.0": ("LGPL-3.0.txt", "GPL-3.0.txt")}  # for those whose wheels name a licence and do not carry it
SHORT = 60
QT = (
    "The window is drawn by Qt through PySide6, which are used under the GNU Lesser General Public License, version 3. "
    "Their libraries lie as files of their own in the folder named PySide6 and may be replaced by others that "
    "fit; nothing here forbids to take the programme apart in order to do so."
)


@dataclass(frozen=True, slots=True)
class Notice:
    """A part of the studio; `source` is what is installed, None for Python."""

    name: str
    version: str
    licence: str
    home: str
    source: Distribution | None = None

    def text(self) -> str:
        """Return the licence in full, as its authors wrote it."""
        files = python_licence() if self.source is None else carried(self.source, self.licence)
        parts = [path.read_text("utf-8", errors="replace").strip() for path in files if path.is_file()]
        return "\n\n".join(dict.fromkeys(parts)) or f"{self.name} names its licence and carries no text: {self.licence}"


def notices() -> tuple[Notice, ...]:
    """Return the studio, Python and every library that is installed for them, in the order of their names."""
    found: dict[str, Distribution] = {}
    waiting = [DISTRIBUTION, *(["pyinstaller"] if frozen() else [])]
    while waiting:
        name = normal(waiting.pop())
        if name in found:
            continue
        try:
            found[name] = importlib.metadata.distribution(name)
        except PackageNotFoundError:
            continue  # an optional part, or one for other systems
        if name != "pyinstaller":  # what it needs to pack is not in what it packed
            waiting += required(found[name].requires or [])
    own = found.pop(DISTRIBUTION, None)
    first = [python()] if own is None else [notice_of(own), python()]
    return (*first, *(notice_of(found[name]) for name in sorted(found)))


def frozen() -> bool:
    """Say whether this is the bundle, which runs without Python."""
    return bool(getattr(sys, "frozen", False))


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def required(requirements: Sequence[str]) -> list[str]:
    """Return the names in a list of requirements, extras left out; which are installed is seen later."""
    names = (re.match(r"[\w.-]+", line) for line in requirements if "extra ==" not in line)
    return [match[0] for match in names if match is not None]


def notice_of(distribution: Distribution) -> Notice:
    name, licence = distribution.metadata["Name"], licence_of(distribution)
    return Notice(name, distribution.version, licence, home_of(distribution), distribution)


def carried(distribution: Distribution, licence: str) -> list[Path]:
    """Return the files with the licence of a distribution; our own copies where it carries none."""
    files = [Path(str(distribution.locate_file(path))) for path in distribution.files or []]
    own = sorted(path for path in files if ".dist-info" in path.as_posix() and LICENCE_FILE.search(path.as_posix()))
    folder = resources() / "licences"
    return own or [folder / name for key, names in COPIES.items() if key in licence for name in names]


def licence_of(distribution: Distribution) -> str:
    """Return the licence in a few words: what the metadata states, or the classifiers."""
    metadata = distribution.metadata
    stated = value(distribution, "License-Expression")
    classified = [
        line.rpartition(" :: ")[2] for line in metadata.get_all("Classifier") or [] if line.startswith("License ::")
    ]
    first = value(distribution, "License").strip().partition("\n")[0]
    if stated or not classified:
        return stated or first[:SHORT] or "see its text"
    return first if 0 < len(first) <= SHORT and "LGPL" in first else ", ".join(classified)


def value(distribution: Distribution, key: str) -> str:
    """Return a field of the metadata, nothing where it is not stated."""
    return str(distribution.metadata[key]) if key in distribution.metadata else ""


def home_of(distribution: Distribution) -> str:
    metadata = distribution.metadata
    named = dict(line.partition(", ")[::2] for line in metadata.get_all("Project-URL") or [])
    wanted = ("homepage", "home", "source", "source code", "repository")
    by_name = {key.lower(): address for key, address in named.items()}
    return value(distribution, "Home-page") or next((by_name[key] for key in wanted if key in by_name), "")


def python() -> Notice:
    return Notice("Python", platform.python_version(), "PSF-2.0", "https://www.python.org")


def python_licence() -> list[Path]:
    """Return Python's own licence: the bundle carries it, an installation has it beside its library."""
    return [folder / "LICENSE.txt" for folder in (resources() / "licences", Path(sysconfig.get_path("stdlib")))]


def whole_text() -> str:
    """Return all notices as one file."""
    parts = ["Harmonium Studio and what it is made of", QT]
    for notice in notices():
        head = f"{notice.name} {notice.version}\n{notice.licence}\n{notice.home}".strip()
        parts.append(f"{'=' * 78}\n{head}\n{'=' * 78}\n\n{notice.text()}")
    return "\n\n\n".join(parts) + "\n"
