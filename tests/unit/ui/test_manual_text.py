"""The manual as text: order, headings as forges spell them, and where words stand."""

from __future__ import annotations

from pathlib import Path

import pytest

from studio.errors import ProjectError
from studio.ui.manual_text import find, pages, slug_of


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "README.md").write_text("# Manual\n1. [Walls](walls.md): stone\n2. [Air](air.md)\n", "utf-8")
    (tmp_path / "air.md").write_text("# Air\nBricks are not here.\n", "utf-8")
    (tmp_path / "walls.md").write_text(
        "# Walls\nOf stone.\n## How *high*?\nAs high as `height` says.\n```\n# no heading\n```\n## Bricks\nRed ones.\n"
        "## Bricks\nOld ones, in [rows](air.md).\n",
        "utf-8",
    )
    return tmp_path


def test_pages_come_as_the_first_one_lists_them(folder: Path) -> None:
    assert [page.title for page in pages(folder)] == ["Manual", "Walls", "Air"]


def test_headings_are_spelt_as_links_spell_them(folder: Path) -> None:
    walls = pages(folder)[1]
    assert [one.anchor for one in walls.sections] == ["walls", "how-high", "bricks", "bricks-1"]
    assert "no heading" in walls.sections[1].text
    assert slug_of("1 Pictures, and what's more: (all)") == "1-pictures-and-whats-more-all"


def test_words_are_found_in_any_case_headings_first(folder: Path) -> None:
    found = find(pages(folder), "bricks")
    assert [one.section.address for one in found] == ["walls.md#bricks", "walls.md#bricks-1", "air.md#air"]
    assert [one.section.address for one in find(pages(folder), "ROWS old")] == ["walls.md#bricks-1"]
    assert find(pages(folder), "rows old")[0].line == "Old ones, in rows."
    assert find(pages(folder), "marble") == []
    assert find(pages(folder), "  ") == []


def test_a_manual_that_is_missing_is_said_to_be(tmp_path: Path) -> None:
    with pytest.raises(ProjectError, match="manual is missing"):
        pages(tmp_path)
