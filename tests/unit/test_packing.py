"""What goes into the bundle and what stays outside, and how the wheel is compared with that of its source archive."""

from __future__ import annotations

import importlib.util
import tarfile
import zipfile
from pathlib import Path
from types import ModuleType

import pytest

from studio.data.samples import SAMPLES

PACKAGING = Path(__file__).resolve().parents[2] / "packaging"


def script(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"packing_{path.stem}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def trim() -> ModuleType:
    return script(PACKAGING / "bundle" / "trim.py")


@pytest.fixture(scope="module")
def build() -> ModuleType:
    return script(PACKAGING / "build.py")


@pytest.mark.parametrize(
    "name",
    [
        "torch/bin/torch_shm_manager",
        "torch/lib/libtorch_cpu.so",
        "PySide6/Qt/plugins/platforms/libqxcb.so",
        "PySide6/Qt/plugins/platforms/libqoffscreen.so",
        "PySide6\\plugins\\platforms\\qwindows.dll",
        "PySide6/Qt/plugins/imageformats/libqsvg.so",
        "PySide6/Qt/lib/libQt6Widgets.so.6",
        "skimage/metrics/__init__.pyi",
        "skimage/data/brick.png",
        "studio/resources/models/first.harmonium",
        "studio/resources/licences/LGPL-3.0.txt",
        "studio/docs/manual/README.md",
        "studio/docs/pictures/window-first.png",
        "torch-2.13.0.dist-info/licenses/LICENSE",
    ],
)
def test_what_is_needed_goes_in(trim: ModuleType, name: str) -> None:
    assert trim.wanted(name)


@pytest.mark.parametrize(
    "name",
    [
        "torch/bin/test_jit",
        "torch/test/api.py",
        "torch/include/torch/extension.h",
        "PySide6/Qt/plugins/platforms/libqeglfs.so",
        "PySide6/Qt/plugins/sqldrivers/libqsqlite.so",
        "PySide6/Qt/plugins/platforminputcontexts/libqtvirtualkeyboardplugin.so",
        "PySide6/Qt/translations/qt_de.qm",
        "PySide6/Qt/lib/libQt6Qml.so.6",
        "scipy/io/tests/data/test.mat",
        "torch/_C/__init__.pyi",
    ],
)
def test_what_nobody_uses_stays_outside(trim: ModuleType, name: str) -> None:
    assert not trim.wanted(name)


def test_every_bundled_picture_goes_in(trim: ModuleType) -> None:
    assert {name for sample in SAMPLES for name in sample.files} <= set(trim.SAMPLE_PICTURES)


def wheel(path: Path, *names: str) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name in names:
            archive.writestr(name, "")
    return path


def test_a_source_archive_that_lacks_something_is_noticed(
    build: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "studio-1").mkdir()
    with tarfile.open(tmp_path / "studio.tar.gz", "w:gz") as archive:
        archive.add(tmp_path / "studio-1", "studio-1")
    whole = wheel(tmp_path / "whole.whl", "studio/app.py", "studio/resources/icons/play.svg")
    fewer = wheel(tmp_path / "fewer.whl", "studio/app.py")
    monkeypatch.setattr(build, "build", lambda _root, _into: (fewer, None))
    with pytest.raises(build.CheckError, match=r"play\.svg"):
        build.compare(whole, tmp_path / "studio.tar.gz", tmp_path / "apart")
