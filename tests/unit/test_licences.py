"""Every library in use is named with its licence, and the licence is there in full."""

from __future__ import annotations

import importlib.metadata
import json
from pathlib import Path

import pytest

from studio.cli.main import main
from studio.licences import normal, notices, required

WINDOW = ("pyside6-essentials", "shiboken6")


def test_all_that_the_studio_needs_is_named_once() -> None:
    names = [normal(notice.name) for notice in notices()]
    assert names[:2] == ["harmonium-studio", "python"]
    assert len(names) == len(set(names))
    needed = required(importlib.metadata.requires("harmonium-studio") or [])
    assert {normal(name) for name in needed} <= set(names)
    assert "pytest" not in names


def test_each_has_a_licence_in_full() -> None:
    for notice in notices():
        assert notice.licence, notice.name
        assert len(notice.text()) > 400, notice.name


def test_qt_comes_with_both_texts_of_its_licence() -> None:
    for notice in notices():
        if notice.name.lower().replace("_", "-") in WINDOW:
            assert "LGPL-3.0" in notice.licence
            assert "GNU LESSER GENERAL PUBLIC LICENSE" in notice.text()
            assert "The GNU General Public License does not permit" in notice.text()


def test_extras_are_not_required() -> None:
    assert required(["numpy>=2.0", "a.b-c[x]>1; python_version > '3'", "ruff>=1; extra == 'test'"]) == [
        "numpy",
        "a.b-c",
    ]


def test_the_verb_lists_them_and_saves_them(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["licences", "--json"]) == 0
    listed = json.loads(capsys.readouterr().out)["licences"]
    assert {"name", "version", "licence", "home"} == set(listed[0])
    assert main(["licences", "-o", str(tmp_path / "all.txt")]) == 0
    text = (tmp_path / "all.txt").read_text("utf-8")
    assert all(f"\n{entry['name']} {entry['version']}\n" in text for entry in listed)
