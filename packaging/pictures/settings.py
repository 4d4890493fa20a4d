"""The manual's page of all settings, made from the table that the window shows them by."""

from __future__ import annotations

from pathlib import Path

from studio.ui.field_info import FieldInfo, Kind
from studio.ui.help_links import EXPLAINED, HEADINGS, PAGE

PATH = Path(__file__).resolve().parents[2] / "docs" / "manual" / PAGE
GROUPS = {
    "Preprocess": "preprocess",
    "RbmSpec": "model",
    "TiledSpec": "model",
    "ConvSpec": "model",
    "CodeSpec": "model",
    "TrainSettings": "training",
}
HEAD = """# Every setting

What each setting does, and how far its slider goes; a typed value may go further. A name with a dot is what `--set` of
[`harmonium train`](command-line.md#train) takes. In the window, **F1** on a setting, or the **?** beside its name, says
the same and leads to where the manual says more.
"""


def make() -> None:
    PATH.write_text(page(), encoding="utf-8")


def page() -> str:
    """Return the page as Markdown."""
    parts = [HEAD]
    for owner, heading in HEADINGS.items():
        named = owner in GROUPS
        rows = [f"## {heading}", ""]
        rows += (
            ["| setting | what it does | values | in a recipe |", "| --- | --- | --- | --- |"]
            if named
            else [
                "| setting | what it does | values |",
                "| --- | --- | --- |",
            ]
        )
        for info in (info for info in EXPLAINED if info.owner.__name__ == owner):
            cells = [f"**{info.label}**", info.tip, values(info, named)]
            cells += [f"`{GROUPS[owner]}.{info.name}`"] if named else []
            rows.append(f"| {' | '.join(cells)} |")
        parts.append("\n".join(rows) + "\n")
    return "\n".join(parts)


def values(info: FieldInfo, named: bool) -> str:
    """Return the range or the choices of a setting, with what a recipe holds for them."""
    if info.kind is Kind.CHECK:
        return "`true`, `false`" if named else "on, off"
    if info.choices:
        return ", ".join(f"{words} (`{key}`)" if named else words for key, words in info.choices)
    if info.kind is Kind.SLIDER:
        reach = f"{short(info.low)} to {short(info.high)} {info.unit}".strip()
        share = f"{short(info.low / info.scale)} to {short(info.high / info.scale)}"
        return f"{reach}; in a recipe {share}" if named and info.scale != 1.0 else reach
    if info.kind is Kind.NUMBER:
        return f"a number ({info.unit})" if info.unit else "a number"
    return {Kind.LIST: "numbers", Kind.FILE: "a file", Kind.COLOUR: "a colour, `#rrggbb`"}[info.kind]


def short(value: float) -> str:
    """Return a number without zeros that say nothing."""
    return f"{value:.6f}".rstrip("0").rstrip(".")
