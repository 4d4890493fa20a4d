"""Make the bundle: a folder that runs where there is no Python, packed for this system in dist/.

python3 packaging/dev.py bundle              make it, measure it, and where it can be done try it in a bare system
python3 packaging/dev.py bundle --no-smoke   leave out the last

Linux: .tar.zst. macOS: .app in a .dmg, not run here. Windows: a folder in a .zip, not run here.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
import time
import tomllib
from collections.abc import Sequence
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
WORK = ROOT / "build" / "bundle"
VENV = WORK / "venv"
MADE = WORK / "dist" / "harmonium"
DIST = ROOT / "dist"
ICONS = ROOT / "resources" / "desktop" / "icons"
LIBRARIES = WORK / "system-libraries.txt"
CONSTRAINTS = (ROOT / "packaging" / "constraints.txt", ROOT / "packaging" / "constraints-bundle.txt")
WINDOWS, MAC = os.name == "nt", sys.platform == "darwin"
README = """Harmonium Studio

Start it with ./harmonium in this folder. `./harmonium --self-test` says whether all of it works here,
`./harmonium desktop install` puts it into the menus of a Linux desktop, `./harmonium --help` shows the command line.

LICENCES.txt holds the licences of everything in this folder. Qt and PySide6 are used under the LGPL, version 3:
their libraries in _internal/PySide6 may be replaced by other builds of the same version.
"""


class BundleError(Exception):
    """Something the person at the keyboard has to mend first."""


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="dev.py bundle", description="Make a folder that runs without Python.")
    parser.add_argument("--no-smoke", action="store_true", help="do not try it in a bare system")
    chosen = parser.parse_args(arguments)
    try:
        if not (WINDOWS or MAC) and shutil.which("zstd") is None:
            raise BundleError("The bundle is packed by zstd, which is not installed: `apt-get install zstd`.")
        WORK.mkdir(parents=True, exist_ok=True)
        prepare()
        freeze()
        complete()
        packed = pack()
        tell(packed)
        if not chosen.no_smoke and not (WINDOWS or MAC):
            run(["bash", str(ROOT / "packaging" / "smoke.sh"), str(packed)], "The bundle failed in a bare system")
    except BundleError as problem:
        say(str(problem))
        return 1
    return 0


def say(text: str) -> None:
    print(f"harmonium: {text}", flush=True)


def run(command: Sequence[str], problem: str, **more: str) -> None:
    # Not in the checkout: Python would find the studio there before the one that is installed.
    if subprocess.call(list(command), cwd=WORK, env={**os.environ, **more}) != 0:
        raise BundleError(f"{problem}; the output above says why.")


def version() -> str:
    text = (ROOT / "studio" / "__init__.py").read_text("utf-8")
    return text.partition("__version__ = ")[2].strip().strip('"')


def python() -> str:
    return str(VENV / ("Scripts/python.exe" if WINDOWS else "bin/python"))


def prepare() -> None:
    """Bring an environment to the pinned versions, with the studio as it is now and nothing that only tests need."""
    if not Path(python()).exists():
        say(f"creating {VENV.relative_to(ROOT)}")
        run([sys.executable, "-m", "venv", "--clear", str(VENV)], "No environment was created")
    pip = [python(), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    for path in CONSTRAINTS:
        pip += ["-c", str(path)]
    say("installing the studio and what packs it")
    run([*pip, "hatchling", "pyinstaller", "pyinstaller-hooks-contrib"], "The packer was not installed")
    dependencies = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["dependencies"]
    run([*pip, *dependencies], "The dependencies were not installed")
    again = ["--no-deps", "--force-reinstall", "--no-build-isolation", str(ROOT)]
    run([*pip, *again], "The studio was not installed")


def freeze() -> None:
    say("packing")
    settings = {"HARMONIUM_VERSION": version(), "HARMONIUM_LIBRARIES": str(LIBRARIES)}
    if WINDOWS:
        settings |= {"HARMONIUM_ICON": str(icon("ico")), "HARMONIUM_VERSION_FILE": str(version_file())}
    if MAC:
        settings["HARMONIUM_ICON"] = str(icon("icns"))
    places = ["--distpath", str(WORK / "dist"), "--workpath", str(WORK / "work")]
    command = [python(), "-m", "PyInstaller", "--noconfirm", "--log-level", "WARN", *places]
    run([*command, str(HERE / "harmonium.spec")], "Nothing was packed", **settings)


def icon(kind: str) -> Path:
    """Return the icon in the form that this system wants."""
    from PIL import Image

    made = WORK / f"harmonium.{kind}"
    with Image.open(ICONS / "studio.harmonium.Harmonium-512.png") as picture:
        picture.save(made, **({"sizes": [(16, 16), (32, 32), (48, 48), (256, 256)]} if kind == "ico" else {}))
    return made


def version_file() -> Path:
    """Return the file from which Windows reads name and version of the programme."""
    numbers = tuple([int(part) for part in version().split(".")[:3]] + [0])
    words = {
        "CompanyName": "Harmonium Studio",
        "FileDescription": "Harmonium Studio",
        "FileVersion": version(),
        "LegalCopyright": "MIT licence",
        "OriginalFilename": "harmonium.exe",
        "ProductName": "Harmonium Studio",
        "ProductVersion": version(),
    }
    strings = ", ".join(f"StringStruct({key!r}, {value!r})" for key, value in words.items())
    made = WORK / "version.txt"
    made.write_text(
        f"VSVersionInfo(ffi=FixedFileInfo(filevers={numbers}, prodvers={numbers}), kids=["
        f"StringFileInfo([StringTable('040904B0', [{strings}])]), "
        "VarFileInfo([VarStruct('Translation', [1033, 1200])])])",
        encoding="utf-8",
    )
    return made


def program() -> Path:
    if MAC:
        return WORK / "dist" / "Harmonium Studio.app" / "Contents" / "MacOS" / "harmonium"
    return MADE / ("harmonium.exe" if WINDOWS else "harmonium")


def complete() -> None:
    """Put the licences of all that is really inside beside the programme, and a word on how to start it."""
    licences = WORK / "LICENCES.txt"
    run([str(program()), "licences", "-o", str(licences)], "The bundle does not start")
    if LIBRARIES.exists() and shutil.which("dpkg-query"):
        with licences.open("a", encoding="utf-8") as file:
            file.write(system_notices())
    if not MAC:
        shutil.copy(licences, MADE)
        (MADE / "README.txt").write_text(README, encoding="utf-8")


def system_notices() -> str:
    """Return the copyright notices of the Debian packages whose libraries are inside."""
    paths = [path for path in LIBRARIES.read_text("utf-8").splitlines() if path]
    # The same file has two names where /lib is a link, and the package manager knows one of them.
    spelt = {path.removeprefix("/usr") for path in paths} | {f"/usr{path.removeprefix('/usr')}" for path in paths}
    found = subprocess.run(["dpkg-query", "-S", *sorted(spelt)], capture_output=True, text=True, check=False)
    packages = sorted({line.partition(":")[0] for line in found.stdout.splitlines()})
    say(f"libraries of {len(packages)} system packages are inside")
    parts = []
    for package in packages:
        notice = Path("/usr/share/doc") / package / "copyright"
        if notice.is_file():
            parts.append(f"\n\n{'=' * 78}\n{package}\n{'=' * 78}\n\n{notice.read_text('utf-8', errors='replace')}")
    return "".join(parts)


def pack() -> Path:
    """Return the packed bundle."""
    DIST.mkdir(exist_ok=True)
    name = f"harmonium-studio-{version()}-{platform.system().lower()}-{platform.machine().lower()}"
    say("compressing")
    if WINDOWS:
        return Path(shutil.make_archive(str(DIST / name), "zip", MADE.parent, MADE.name))
    if MAC:
        packed = DIST / f"{name}.dmg"
        app = WORK / "dist" / "Harmonium Studio.app"
        run(["hdiutil", "create", "-ov", "-srcfolder", str(app), "-format", "ULFO", str(packed)], "No image was made")
        return packed
    packed = DIST / f"{name}.tar.zst"
    shell = (
        f'tar -C "{MADE.parent}" --owner=0 --group=0 --sort=name -cf - "{MADE.name}" | zstd -12 -T0 -q -f -o "{packed}"'
    )
    run(["bash", "-o", "pipefail", "-c", shell], "Nothing was compressed")
    return packed


def tell(packed: Path) -> None:
    """Print how large it is and how long it takes to start, with files in the memory of the system."""
    whole = sum(path.stat().st_size for path in MADE.rglob("*") if path.is_file() and not path.is_symlink())
    say(f"{packed.relative_to(ROOT)}: {packed.stat().st_size / 1e6:.0f} MB, unpacked {whole / 1e6:.0f} MB")
    began = time.monotonic()
    found = subprocess.run([str(program()), "bench", "start", "--json"], capture_output=True, text=True, check=False)
    if found.returncode != 0:
        raise BundleError(f"The bundle does not start: {found.stderr.strip()}")
    figures = json.loads(found.stdout.splitlines()[-1])
    for name, figure in figures.items():
        say(f"{name} {figure['value']:.2f} s")
    say(f"measured in {time.monotonic() - began:.0f} s")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
