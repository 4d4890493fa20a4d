"""harmonium desktop: put the studio into the menus of a Linux desktop, for this user alone, or take it out again."""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Sequence
from pathlib import Path

from studio.atomic import write_atomically
from studio.errors import SettingsError
from studio.licences import frozen
from studio.paths import resources

ID = "studio.harmonium.Harmonium"
MIME_ICON = "application-x-harmonium"
PLACES = {
    f"{ID}.desktop": f"applications/{ID}.desktop",
    f"{ID}.metainfo.xml": f"metainfo/{ID}.metainfo.xml",
    f"{ID}.mime.xml": f"mime/packages/{ID}.xml",
    f"{ID}.thumbnailer": f"thumbnailers/{ID}.thumbnailer",
    f"{ID}.svg": f"icons/hicolor/scalable/apps/{ID}.svg",
    f"{MIME_ICON}.svg": f"icons/hicolor/scalable/mimetypes/{MIME_ICON}.svg",
}
ICON = re.compile(r"(.+)-(\d+)\.png")
# What tells a running desktop of new files; a desktop without them looks for itself.
REFRESH = (
    ("update-desktop-database", "applications"),
    ("update-mime-database", "mime"),
    ("gtk-update-icon-cache", "--ignore-theme-index", "icons/hicolor"),
)


def add(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = verbs.add_parser(
        "desktop",
        help="put the studio into the menus of this desktop",
        description="On Linux: menu entry, icons, the kind of project files and their small pictures, for this user.",
    )
    parser.add_argument("action", choices=("install", "remove"), help="put it there, or take it away")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    if not sys.platform.startswith("linux"):
        raise SettingsError("Only desktops of Linux are told in this way.", "Elsewhere the bundle tells the system.")
    share = user_share()
    if arguments.action == "install":
        install(share, launcher())
        print(f"Installed below {share}. A double click on a *.harmonium file opens it; `desktop remove` undoes it.")
    else:
        remove(share)
        print(f"Removed from {share}.")
    refresh(share)
    return 0


def user_share() -> Path:
    """Return where a user's own desktop files live."""
    chosen = os.environ.get("XDG_DATA_HOME", "")
    return Path(chosen) if chosen.startswith("/") else Path.home() / ".local" / "share"


def launcher() -> tuple[str, ...]:
    """Return the command that starts this very studio, from anywhere."""
    if frozen():
        return (sys.executable,)
    script = Path(sysconfig.get_path("scripts")) / "harmonium"
    return (str(script),) if script.exists() else (sys.executable, "-m", "studio")


def files() -> dict[Path, str]:
    """Return every file that is installed, and where below the share folder."""
    folder = resources() / "desktop"
    found = {folder / name: place for name, place in PLACES.items()}
    for path in sorted((folder / "icons").glob("*.png")):
        match = ICON.fullmatch(path.name)
        if match is not None:
            kind = "apps" if match[1] == ID else "mimetypes"
            found[path] = f"icons/hicolor/{match[2]}x{match[2]}/{kind}/{match[1]}.png"
    return found


def install(share: Path, command: Sequence[str]) -> None:
    """Write the files below `share`, those that start something with `command`."""
    for source, place in files().items():
        data = source.read_bytes()
        if source.suffix in (".desktop", ".thumbnailer"):
            data = starting(data.decode(), command).encode()
        target = share / place
        target.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(target, data)


def starting(entry: str, command: Sequence[str]) -> str:
    """Return a desktop entry that starts `command`, by its whole path, in place of `harmonium`."""
    words = " ".join(quoted(word) for word in command)
    lines = []
    for line in entry.splitlines():
        if line.startswith("TryExec="):
            line = "TryExec=" + command[0].replace("\\", "\\\\")
        elif line.startswith("Exec=harmonium"):
            line = "Exec=" + words + line.removeprefix("Exec=harmonium")
        lines.append(line)
    return "\n".join(lines) + "\n"


def quoted(word: str) -> str:
    """Return a word as the Exec key of a desktop entry wants it; raises SettingsError for one that cannot stand there.

    Source: the Desktop Entry Specification, "The Exec key".
    """
    if not word.isprintable() or "=" in word:
        raise SettingsError(f"A desktop cannot start {word!r}.", "Move the studio to a folder with a plain name.")
    if re.fullmatch(r"[\w@%+:,./-]+", word, re.ASCII):
        return word.replace("%", "%%")
    inner = re.sub(r'(["`$\\])', r"\\\1", word).replace("\\", "\\\\").replace("%", "%%")
    return f'"{inner}"'


def remove(share: Path) -> None:
    for place in files().values():
        (share / place).unlink(missing_ok=True)


def refresh(share: Path) -> None:
    """Let the desktop notice, where its tools are there; what they complain of does not matter here."""
    for tool, *words in REFRESH:
        found, folder = shutil.which(tool), share / words[-1]
        if found and folder.is_dir():
            subprocess.run([found, *words[:-1], str(folder)], capture_output=True, check=False)
