"""The manual as text: its pages in order, their headings, and where words stand."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from studio.errors import ProjectError
from studio.paths import manual

FIRST = "README.md"
HEADING = re.compile(r"^(#{1,6}) +(.+?) *$", re.M)
CODE = re.compile(r"^```.*?^```", re.M | re.S)
LINK = re.compile(r"!?\[([^\]]*)\]\([^)]*\)")
SNIPPET = 70  # letters of the line in which words were found


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and the text up to the next one; `anchor` is the heading as links spell it."""

    page: str
    title: str
    anchor: str
    text: str

    @property
    def address(self) -> str:
        return f"{self.page}#{self.anchor}" if self.anchor else self.page


@dataclass(frozen=True)
class Page:
    """One file of the manual."""

    name: str
    text: str

    @cached_property
    def sections(self) -> tuple[Section, ...]:
        # What looks like a heading inside a block of code is a remark of the shell.
        blank = CODE.sub(lambda block: re.sub(r"[^\n]", " ", block[0]), self.text)
        found = list(HEADING.finditer(blank))
        ends = [match.start() for match in found[1:]] + [len(self.text)]
        titles = [plain(match[2]) for match in found]
        return tuple(
            Section(self.name, title, anchor, self.text[match.end() : end])
            for match, end, title, anchor in zip(found, ends, titles, anchors(titles), strict=True)
        )

    @property
    def title(self) -> str:
        return self.sections[0].title if self.sections else self.name


@dataclass(frozen=True, slots=True)
class Found:
    """A section in which all the words stand, and the line that holds the first of them."""

    section: Section
    line: str


def pages(folder: Path | None = None) -> tuple[Page, ...]:
    """Return the pages in the order in which the first one lists them; raises ProjectError where there are none."""
    folder = folder or manual()
    try:
        texts = {path.name: path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.md"))}
        first = texts.pop(FIRST)
    except (OSError, KeyError) as error:
        raise ProjectError("The manual is missing.", "Install Harmonium Studio again.") from error
    listed = [name for name in dict.fromkeys(re.findall(r"\]\(([\w-]+\.md)", first)) if name in texts]
    order = [*listed, *(name for name in texts if name not in listed)]
    return Page(FIRST, first), *(Page(name, texts[name]) for name in order)


def find(all_pages: Sequence[Page], typed: str) -> list[Found]:
    """Return the sections that hold every word that was typed, those with all of them in the heading first."""
    words = typed.lower().split()
    if not words:
        return []
    found: list[tuple[int, Found]] = []
    for page in all_pages:
        for section in page.sections:
            title, text = section.title.lower(), plain(section.text)
            whole = f"{title}\n{text.lower()}"
            if all(word in whole for word in words):
                line = next((line for line in text.splitlines() if words[0] in line.lower()), "")
                found.append(
                    (0 if all(word in title for word in words) else 1, Found(section, snippet(line, words[0])))
                )
    return [each for _, each in sorted(found, key=lambda pair: pair[0])]


def anchors(titles: Iterable[str]) -> Iterator[str]:
    """Yield how links spell each heading of a page; the second of the same words is counted, as forges do."""
    taken: Counter[str] = Counter()
    for title in titles:
        slug = slug_of(title)
        yield f"{slug}-{taken[slug]}" if taken[slug] else slug
        taken[slug] += 1


def slug_of(title: str) -> str:
    """Return a heading as links spell it, as forges do: lower case, no punctuation, hyphens for spaces."""
    return re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-")


def plain(text: str) -> str:
    """Return text without the marks of Markdown."""
    return re.sub(r"[*`|]|^#+ ", "", LINK.sub(r"\1", text), flags=re.M)


def snippet(line: str, word: str) -> str:
    """Return the part of a line around a word."""
    place = max(0, line.lower().find(word) - SNIPPET // 3)
    begin = line.rfind(" ", 0, place) + 1 if place else 0
    part = " ".join(line[begin:].split())
    return ("… " if begin else "") + (part if len(part) <= SNIPPET else part[:SNIPPET].rsplit(" ", 1)[0] + " …")
