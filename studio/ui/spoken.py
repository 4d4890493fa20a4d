"""Remedies in the window's own words: the core names settings as the command line writes them."""

from __future__ import annotations

import re
from collections.abc import Collection

from studio.dream.settings import DreamSettings
from studio.project.recipe import Recipe
from studio.ui.field_info import FieldInfo, Kind
from studio.ui.fields import FIELDS

NAME = "|".join(sorted({info.name for info in FIELDS}, key=len, reverse=True))
LISTED = re.compile(r"(\b[Ss]et )(.+?)(?=\.(?:\s|$))")  # Set scaling to none, or visible to gaussian.
GLOSS = re.compile(rf"the \w+ \(({NAME})\)(?= to\b)")  # the sparsity (sparsity_cost) to 0
ASIDE = re.compile(rf" \(({NAME}|[a-z]+_[a-z_]+)\)")  # Lower the scale (patch_scale)
CLAUSE = re.compile(
    rf"(?:the )?\b((?:{NAME})(?: (?:or|and) (?:{NAME}))*) (to|above) (\w[\w.]*\w|\w)(?: or (\w+)\b(?! to\b))?"
)
GIVEN = re.compile(rf"\b({NAME})=(\w+)")
REFUSED = re.compile(rf"^({NAME}) cannot be\b")
LONG = "|".join(sorted({info.name for info in FIELDS if "_" in info.name}, key=len, reverse=True))
LONG_NAME = re.compile(rf"(?<![\w/.-])({LONG})(?![\w/-]|\.\w)")  # no part of a file's name
FEWER = re.compile(rf"\b(fewer|more) ({NAME})(?=[.,])")
SWITCH = {"true": "on", "false": "off"}


def owners_of(recipe: Recipe) -> tuple[type, ...]:
    """Return the classes of settings that the window has editors for at present."""
    return type(recipe.preprocess), type(recipe.model), type(recipe.training), DreamSettings


def spoken(text: str, owners: Collection[type]) -> str:
    """Return a sentence with settings and values as the editors of these classes call them.

    Of several remedies those stay that the window has an editor for.
    """
    words = Words(owners)
    text = LISTED.sub(lambda found: found[1] + words.listed(found[2]), text)
    text = GIVEN.sub(lambda found: f"{words.label(found[1])} set to {words.value(found[1], found[2])}", text)
    text = ASIDE.sub(lambda found: words.aside(found), text)
    text = REFUSED.sub(lambda found: f"{words.bare(found[1])} cannot be", text)
    text = FEWER.sub(lambda found: f"{found[1]} {words.bare(found[2]).lower()}", text)
    return LONG_NAME.sub(lambda found: words.label(found[0]), text)


class Words:
    """What the editors of some classes of settings call them."""

    def __init__(self, owners: Collection[type]) -> None:
        self._infos = {info.name: info for info in reversed(FIELDS) if info.owner in owners}
        self._others = {info.name: info for info in reversed(FIELDS)}

    def bare(self, name: str) -> str:
        return (self._infos.get(name) or self._others[name]).label

    def label(self, name: str) -> str:
        return f'"{self.bare(name)}"'

    def value(self, name: str, value: str) -> str:
        """Return a value as it is shown."""
        info = self._infos.get(name) or self._others[name]
        if info.kind is Kind.CHOICE:
            words = dict(info.choices).get(value)
            return f'"{words}"' if words else value
        if value in SWITCH:
            return SWITCH[value]
        return f"{float(value) * info.scale:g} {info.unit}".strip() if value.isdecimal() else value

    def listed(self, remedies: str) -> str:
        """Return remedies in words, without those that cannot be followed here unless there are no others."""
        each = GLOSS.sub(lambda found: found[1], remedies).split(", or ")
        usable = [one for one in each if self._fits(one)] or each
        return ", or ".join(CLAUSE.sub(self._clause, one) for one in usable)

    def aside(self, found: re.Match[str]) -> str:
        """Return the label in brackets, or nothing where the words before them are the label, or it has none."""
        before = found.string[: found.start()].lower()
        known = found[1] in self._others and not before.endswith(self.bare(found[1]).lower())
        return f" ({self.label(found[1])})" if known else ""

    def _fits(self, remedy: str) -> bool:
        found = CLAUSE.search(remedy)
        return found is None or all(fits(self._infos.get(name), found[3]) for name in names_in(found))

    def _clause(self, found: re.Match[str]) -> str:
        names, link, value, other = names_in(found), found[2], found[3], found[4]
        values = [self.value(name, value) for name in names]
        if len(set(values)) > 1:
            return " or ".join(f"{self.label(name)} {link} {one}" for name, one in zip(names, values, strict=True))
        joint = " or " if " or " in found[1] else " and "
        more = f" or {self.value(names[0], other)}" if other else ""
        return f"{joint.join(map(self.label, names))} {link} {values[0]}{more}"


def names_in(found: re.Match[str]) -> list[str]:
    return re.split(" or | and ", found[1])


def fits(info: FieldInfo | None, value: str) -> bool:
    """Whether a setting can have such a value."""
    if info is None:
        return False
    if info.kind is Kind.CHOICE:
        return value in dict(info.choices)
    return (value in SWITCH) is (info.kind is Kind.CHECK)
