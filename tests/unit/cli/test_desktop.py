"""The studio in the menus of a Linux desktop: what is written where, and taken away again."""

from __future__ import annotations

import configparser
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest
from PIL import Image

from studio.cli.desktop import ID, files, install, launcher, quoted
from studio.cli.main import main
from studio.errors import SettingsError
from studio.paths import resources

LINUX = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="menus of Linux desktops")


def with_tool(name: str) -> pytest.MarkDecorator:
    return pytest.mark.skipif(shutil.which(name) is None, reason=f"{name} is not installed")


@pytest.fixture
def share(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "share"))
    return tmp_path / "share"


def entry(path: Path, section: str) -> configparser.SectionProxy:
    parser = configparser.RawConfigParser()
    parser.optionxform = str  # type: ignore[assignment,method-assign]  # keys of desktop entries keep their case
    parser.read_string(path.read_text("utf-8"))
    return parser[section]


@LINUX
def test_install_writes_a_menu_entry_that_starts_this_studio(share: Path) -> None:
    assert main(["desktop", "install"]) == 0
    found = entry(share / "applications" / f"{ID}.desktop", "Desktop Entry")
    command = launcher()
    assert found["Exec"] == " ".join([*(quoted(word) for word in command), "%f"])
    assert found["TryExec"] == command[0]
    assert Path(command[0]).is_absolute()
    thumbnailer = entry(share / "thumbnailers" / f"{ID}.thumbnailer", "Thumbnailer Entry")
    assert thumbnailer["Exec"].endswith(" thumbnail %i -o %o --size %s")
    assert thumbnailer["MimeType"] == found["MimeType"] == "application/x-harmonium;"
    assert (share / "icons" / "hicolor" / "512x512" / "apps" / f"{ID}.png").is_file()


@LINUX
def test_remove_takes_every_file_away(share: Path) -> None:
    assert main(["desktop", "install"]) == 0
    assert main(["desktop", "remove"]) == 0
    assert [path.name for path in share.rglob("*harmonium*") if path.is_file()] == []
    assert main(["desktop", "remove"]) == 0


def test_icons_are_there_in_every_size() -> None:
    sizes = {int(path.stem.rpartition("-")[2]): path for path in files() if path.name.startswith(f"{ID}-")}
    assert set(sizes) == {16, 24, 32, 48, 64, 128, 256, 512}
    for size, path in sizes.items():
        with Image.open(path) as picture:
            assert picture.size == (size, size)


@pytest.mark.parametrize(
    ("word", "written"),
    [
        ("/opt/harmonium/harmonium", "/opt/harmonium/harmonium"),
        ("/home/me/my studio/run", '"/home/me/my studio/run"'),
        ("/a%b", "/a%%b"),
        ("/a $b", r'"/a \\$b"'),
    ],
)
def test_paths_are_quoted_as_desktops_read_them(word: str, written: str) -> None:
    assert quoted(word) == written


def test_a_path_that_no_desktop_can_start_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot start"):
        install(tmp_path, ("/two\nlines",))


def test_elsewhere_it_says_that_the_bundle_does_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    assert main(["desktop", "install"]) == 2
    assert "desktops of Linux" in capsys.readouterr().err


def test_the_kind_of_file_is_told_by_name_and_by_content() -> None:
    space = "{http://www.freedesktop.org/standards/shared-mime-info}"
    tree = ElementTree.parse(resources() / "desktop" / f"{ID}.mime.xml").getroot()
    kind = tree.find(f"{space}mime-type")
    assert kind is not None
    assert kind.get("type") == "application/x-harmonium"
    glob = kind.find(f"{space}glob")
    assert glob is not None
    assert glob.get("pattern") == "*.harmonium"
    head = (resources() / "models" / "first.harmonium").read_bytes()[:43]
    assert head[:4] == b"PK\3\4"
    assert head[30:] == b"manifest.json"


@with_tool("desktop-file-validate")
def test_the_menu_entry_is_valid(tmp_path: Path) -> None:
    install(tmp_path, ("/opt/a folder/harmonium",))
    made = subprocess.run(
        ["desktop-file-validate", str(tmp_path / "applications" / f"{ID}.desktop")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert made.returncode == 0, made.stdout


@with_tool("appstreamcli")
def test_what_shops_read_is_valid() -> None:
    file = resources() / "desktop" / f"{ID}.metainfo.xml"
    made = subprocess.run(
        ["appstreamcli", "validate", "--no-net", str(file)], capture_output=True, text=True, check=False
    )
    assert made.returncode == 0, made.stdout


@LINUX
@with_tool("update-mime-database")
@with_tool("gio")
@pytest.mark.usefixtures("share")
def test_an_installed_desktop_knows_projects(tmp_path: Path) -> None:
    assert main(["desktop", "install"]) == 0
    project = tmp_path / "walls.harmonium"
    shutil.copy(resources() / "models" / "first.harmonium", project)
    asked = subprocess.run(
        ["gio", "info", "-a", "standard::content-type", str(project)], capture_output=True, text=True, check=False
    )
    assert "application/x-harmonium" in asked.stdout
