"""The manual speaks of what there is: verbs, options, presets, sets, settings, keys, pictures."""

from __future__ import annotations

import argparse
import ast
import dataclasses
import re
import shlex
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from pkgutil import resolve_name

import pytest

from studio.cli.main import build_parser
from studio.data.samples import SAMPLES
from studio.data.spec import Preprocess
from studio.project.presets import presets
from studio.project.recipe import FAMILIES
from studio.training.settings import TrainSettings
from studio.ui.actions import ACTIONS, MENUS
from studio.ui.gallery import CHORD_WORDS
from studio.ui.manual_text import Page, pages
from studio.ui.measure.door import bench_parser
from studio.ui.widgets.canvas import ZOOMS

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs" / "manual").glob("*.md"))]
NAMES = [page.name if page.parent != ROOT else f"/{page.name}" for page in PAGES]
SETTINGS = {"preprocess": (Preprocess,), "model": tuple(FAMILIES.values()), "training": (TrainSettings,)}
CANVAS_KEYS = {f"Ctrl+{chr(key.value)}" for key in ZOOMS}
WINDOW_KEYS = {"Esc", CHORD_WORDS, "Ctrl+F", "Alt+Left", "Alt+Right"}  # the last three are the manual's own

OWN_MENUS = {"Project": {"Open recent"}, "View": {"Theme", "Text size"}}  # beside the table of actions
NOT_LABELS = {
    *("Works", "smoother than it is", "Half", "Does not", "The other ten colour pictures"),  # verdicts of textures.md
    *("trusted", "not trusted", "lower bound", "ceiling", "floor", "looks done", "not", "Gibbs sampling"),  # words
    *("shown at 1:2", "at 1:4", "from snapshot"),  # put together with numbers
    "Non-Color",  # Blender's
}
ARCHITECTURE = ROOT / "docs" / "ARCHITECTURE.md"

each_page = pytest.mark.parametrize("page", PAGES, ids=NAMES)


def code(page: Path) -> Iterator[str]:
    """Yield every line of code and every piece of inline code."""
    text = page.read_text(encoding="utf-8")
    for block in re.findall(r"^```\n(.*?)^```", text, flags=re.S | re.M):
        yield from (line.split("#")[0].strip() for line in block.splitlines())
    yield from re.findall(r"`([^`\n]+)`", re.sub(r"^```.*?^```", "", text, flags=re.S | re.M))


def verbs_of(parser: argparse.ArgumentParser) -> dict[str, argparse.ArgumentParser]:
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            return dict(action.choices)
    return {}


def known_options() -> set[str]:
    """Return the options of all verbs, those that measure the window included."""
    packing = set(re.findall(r"--[a-z][\w-]*", (ROOT / "packaging" / "dev.py").read_text("utf-8").split('"""')[1]))
    others = {"--offscreen-check", "--self-test", "--nproc-per-node"}  # the last is torchrun's
    return options_of(build_parser()) | options_of(bench_parser()) | others | packing


def options_of(parser: argparse.ArgumentParser) -> set[str]:
    own = {name for action in parser._actions for name in action.option_strings}
    return own.union(*(options_of(verb) for verb in verbs_of(parser).values()))


def parsed(words: list[str]) -> argparse.Namespace:
    """Return what a command line asks for; ends the process, as it would there, where it cannot be understood."""
    window = len(words) > 1 and words[0] == "bench" and words[1] in verbs_of(bench_parser())
    return bench_parser().parse_args(words[1:]) if window else build_parser().parse_args(words)


@each_page
def test_commands_in_blocks_are_understood(page: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for block in re.findall(r"^```\n(.*?)^```", page.read_text(encoding="utf-8"), flags=re.S | re.M):
        for line in block.splitlines():
            words = shlex.split(line, comments=True)
            if "studio" in words[:5] and words[0] == "torchrun":
                words = ["harmonium", *words[words.index("studio") + 1 :]]
            if (
                words[:1] != ["harmonium"]
                or len(words) < 2
                or words[1].endswith(".harmonium")
                or words[1] == "--self-test"
            ):
                continue
            try:
                parsed(words[1:])
            except SystemExit:
                pytest.fail(f"{line}\n{capsys.readouterr().err}")


@each_page
def test_commands_in_lines_exist_with_all_their_options(page: Path) -> None:
    verbs, window = verbs_of(build_parser()), verbs_of(bench_parser())
    for line in code(page):
        words = line.removeprefix("harmonium ").split()
        named = line.startswith("harmonium ")
        if not words or words[0] in ("VERB", "--version", "--self-test") or words[0].endswith(".harmonium"):
            continue
        if words[0] not in verbs or (len(words) < 2 and not named):
            assert not named, line
            continue
        parser = verbs[words[0]]
        inner = verbs_of(parser)
        if inner and len(words) > 1:
            assert words[1] in inner, line
        own = options_of(window[words[1]]) if inner and len(words) > 1 and words[1] in window else options_of(parser)
        for option in (word for word in words[1:] if word.startswith("-")):
            assert option in own, line


def actions_of(parser: argparse.ArgumentParser) -> Iterator[argparse.Action]:
    yield from parser._actions
    for verb in verbs_of(parser).values():
        yield from actions_of(verb)


def test_defaults_that_a_help_names_are_in_force() -> None:
    named = 0
    for action in (*actions_of(build_parser()), *actions_of(bench_parser())):
        for number in re.findall(r"\(default: ([\d.,]+)\)", action.help or ""):
            if action.default is not None:
                named += 1
                assert float(number.replace(",", "")) == action.default, action.option_strings
    assert named > 20


@each_page
def test_options_named_alone_belong_to_some_verb(page: Path) -> None:
    known = known_options()
    for piece in code(page):
        for option in re.findall(r"(?<![\w-])--[a-z][\w-]*", piece):
            assert option in known, piece


@each_page
def test_presets_sets_and_settings_exist(page: Path) -> None:
    names, sets = {item.name for item in presets()}, {item.name for item in SAMPLES}
    for piece in code(page):
        for name in re.findall(r"--preset (\S+)|^([\w-]+-rbm)$", piece):
            assert "".join(name) in names, piece
        for name in re.findall(r"sample:([a-z]+)", piece):
            assert name in sets, piece
        for group, name in re.findall(r"--set (\w+)\.(\w+)=", piece):
            assert name in {field.name for owner in SETTINGS[group] for field in dataclasses.fields(owner)}, piece


@each_page
def test_keys_do_something(page: Path) -> None:
    known = {info.shortcut for info in ACTIONS if info.shortcut} | CANVAS_KEYS | WINDOW_KEYS
    for word in re.findall(r"\*\*([^*\n]+)\*\*", page.read_text(encoding="utf-8")):
        if re.fullmatch(r"(Ctrl|Alt|Shift)\+.+|F\d+|Esc|Space|[A-Z.]", word):
            assert word.replace("Enter", "Return") in known, word


def test_every_key_of_the_window_is_in_the_manual() -> None:
    text = (ROOT / "docs" / "manual" / "window.md").read_text(encoding="utf-8")
    keys = [info.shortcut.replace("Return", "Enter") for info in ACTIONS if info.shortcut]
    assert [key for key in keys if f"**{key}**" not in text] == []


def test_every_picture_is_on_a_page() -> None:
    text = "\n".join(page.read_text(encoding="utf-8") for page in PAGES)
    unseen = [path.name for path in (ROOT / "docs" / "pictures").glob("*") if f"pictures/{path.name}" not in text]
    assert unseen == []


@each_page
def test_links_and_pictures_are_there(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)", page.read_text(encoding="utf-8")):
        if not target.startswith("http"):
            assert (page.parent / target).exists(), target


@pytest.mark.parametrize("page", pages(), ids=lambda page: str(page.name))
def test_links_between_pages_lead_to_headings_and_stay_in_the_manual(page: Page) -> None:
    addresses = {section.address for one in pages() for section in one.sections} | {one.name for one in pages()}
    for mark, target in re.findall(r"(!?)\[[^\]]*\]\(([^)]+)\)", page.text):
        if not mark and not target.startswith("http"):
            assert (page.name + target if target.startswith("#") else target) in addresses, target


@each_page
def test_methods_that_are_named_exist(page: Path) -> None:
    for piece in code(page):
        for name in re.findall(r"\bstudio(?:\.\w+){2,}", piece):
            found: object = resolve_name(name)
            assert found is not None, name


def test_every_page_is_listed_on_the_first() -> None:
    first = pages()[0].text
    assert [page.name for page in pages()[1:] if f"({page.name})" not in first] == []


def test_every_preset_is_listed_as_the_window_calls_it_with_the_set_to_try_it_on() -> None:
    recipes = (ROOT / "docs" / "manual" / "recipes.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `([\w-]+)` \| ([^|]+) \|.*\| ?(\S*) \|$", recipes, flags=re.M)
    sets = {item.name: f"`sample:{item.sample}`" if item.sample else "" for item in presets()}
    assert sorted(rows) == sorted((item.name, item.title, sets[item.name]) for item in presets())


def test_every_preset_of_the_manual_is_shown_as_it_dreams() -> None:
    recipes = (ROOT / "docs" / "manual" / "recipes.md").read_text(encoding="utf-8")
    for name in re.findall(r"^## .*`([\w-]+)`$", recipes, flags=re.M):
        assert f"../pictures/{name}-dream.png" in recipes
        assert f"../pictures/{name}-filters.png" in recipes


@cache
def labels() -> frozenset[str]:
    """Return every text in the source of the window, and what presets are called, without dots at the end."""
    texts = {item.title for item in presets()}
    for path in (ROOT / "studio" / "ui").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                texts.add(node.value)
    return frozenset(text.strip(" .\u2026:") for text in texts)


@pytest.mark.parametrize("page", [page for page in PAGES if page.name != "texture-table.md"], ids=str)
def test_what_is_set_in_bold_or_italics_is_written_in_the_window(page: Path) -> None:
    text = re.sub(r"^```.*?^```|`[^`\n]*`", "", page.read_text("utf-8"), flags=re.S | re.M)
    for stars, words in re.findall(r"(?<!\*)(\*{1,2})([^*\s][^*\n]*)\1(?!\*)", text):
        if stars == "**" and re.search(r"(?<!\.\.)[.,:]$", words):
            continue  # how a paragraph begins
        if re.fullmatch(r"(Ctrl|Alt|Shift)\+.+|\W|[A-Z?]|F\d+|Esc", words):
            continue  # a key
        whole = re.sub(r"^\d | \d$", "", words).rstrip(".:")  # 2 Model is a number and a word, as Direction 1 is
        for word in [whole] if whole in labels() else re.split(", |: ", whole):
            spelt = {word, word[:1].upper() + word[1:], word[:1].lower() + word[1:]}
            known = labels() | NOT_LABELS | {"Backspace", "Enter", "Space", "Tab"}
            assert spelt & known or words in known, words


@each_page
def test_entries_of_menus_exist(page: Path) -> None:
    text = re.sub(r"\*\*[^*\n]+\*\*", "", page.read_text(encoding="utf-8"))
    for menu, entry in re.findall(rf"\*({'|'.join(MENUS)}), ([A-Z][^*\n]+)\*", text):
        known = {info.text.rstrip(".") for info in ACTIONS if info.menu == menu} | OWN_MENUS.get(menu, set())
        assert entry.rstrip(".") in known, f"{menu}, {entry}"


def test_the_self_test_is_shown_as_it_counts() -> None:
    text = (ROOT / "docs" / "manual" / "installing.md").read_text(encoding="utf-8")
    assert f"{len(presets())} presets, {len(SAMPLES)} sets of pictures" in text


def test_every_decision_is_listed_with_its_number() -> None:
    folder = ROOT / "docs" / "decisions"
    records = sorted(path.name for path in folder.glob("*.md") if path.name != "README.md")
    text = (folder / "README.md").read_text(encoding="utf-8")
    listed = re.findall(r"^- \[(\d{4}) .+\]\((.+)\)$", text, flags=re.M)
    assert listed == [(name[:4], name) for name in records]
    for number, name in listed:
        assert (folder / name).read_text(encoding="utf-8").startswith(f"# {number} "), name


def test_the_house_is_drawn_as_the_contract_has_it() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"]
    (layers,) = (contract["layers"] for contract in contracts if contract["type"] == "layers")
    rows = re.findall(r"^\| \w+ \| (`[^|]+) \|", ARCHITECTURE.read_text("utf-8"), flags=re.M)
    assert [set(re.findall(r"`(\w+)`", row)) for row in rows] == [set(layer.split(" | ")) for layer in layers]


def test_the_words_of_the_house_are_classes_and_its_files_are_there() -> None:
    text = ARCHITECTURE.read_text(encoding="utf-8")
    source = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "studio").rglob("*.py"))
    for name in re.findall(r"\*\*([A-Z][a-z]\w+)\*\*", text):
        assert re.search(rf"^class {name}\b", source, flags=re.M), name
    for path in re.findall(r"`(\w+/[\w/]+\.py)`", text):
        assert (ROOT / path).exists() or (ROOT / "studio" / path).exists(), path


@cache
def sentences() -> str:
    """Return every text in the source, what is filled in left out."""
    parts = []
    for path in (ROOT / "studio").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                parts.append(node.value)
    return "\0".join(parts)


def test_what_the_studio_says_when_something_is_wrong_is_what_it_says() -> None:
    text = (ROOT / "docs" / "manual" / "troubleshooting.md").read_text(encoding="utf-8")
    said = [row.removeprefix("skipped: ") for row in re.findall(r"^\| (.+?) \|", text, flags=re.M)]
    said = [row for row in said if row not in ("---", "it says")]
    assert len(said) > 20
    for row in said:
        for part in re.split(r"\.\.\.|\d+|[();]", row):
            words = part.strip(" .,;:()").split()
            # a sentence may be put together of two
            cuts = [(" ".join(words[:place]), " ".join(words[place:])) for place in range(len(words) + 1)]
            assert any(one in sentences() and other in sentences() for one, other in cuts), row


NUMBERS = (
    ("playing.md", "up to {:,} changes back", "studio.session.undo:DEEPEST"),
    ("playing.md", "never more than {:,}", "studio.dream.snapshots:MOST"),
    ("exploring.md", "up to {:,} training pictures", "studio.project.code_space:MAPPED"),
    ("exploring.md", "{:,} unless told otherwise", "studio.dream.walk:FRAMES"),
    ("judging.md", "({:,} chains,", "studio.project.judge_rbm:CHAINS"),
    ("judging.md", "{:,} sweeps from noise", "studio.project.judge_rbm:SWEEPS"),
    ("judging.md", "the {:,} strongest filters", "studio.project.judge_rbm:MAPS"),
    ("judging.md", "chains dream it, {:,} sweeps each", "studio.project.judge_fill:SWEEPS"),
    ("judging.md", "up to {:,} pictures", "studio.project.evaluate:CODES"),
    ("judging.md", "more than {:g} of the variance", "studio.lab.gabor:GOOD"),
    ("judging.md", "up to {:g} is no sign of overfitting", "studio.project.verdicts:SMALL"),
    ("judging.md", "from {:g}\non the model is called overfitted", "studio.project.verdicts:MEDIUM"),
    ("judging.md", "With at most {:,} hidden units", "studio.lab.likelihood:MOST_HIDDEN"),
    ("command-line.md", "with at most {:,} hidden units", "studio.lab.likelihood:MOST_HIDDEN"),
    ("command-line.md", "the first {:,} pictures", "studio.project.likelihoods:BACKWARDS"),
    ("command-line.md", "({:,} chains,", "studio.project.likelihoods:RUNS"),
    ("command-line.md", "draws {:,} dreams", "studio.cli.judge_codes:DREAMS"),
    ("command-line.md", "exact up to {:,} pictures", "studio.lab.least_squares:TRIED_ON"),
    ("command-line.md", "over {:,} of them as landmarks", "studio.lab.least_squares:LANDMARKS"),
    ("command-line.md", "in at most {:,} pictures", "studio.cli.judge_features:MOST_LOOKED_AT"),
    ("command-line.md", "filters below {:,} px are enlarged", "studio.cli.filters:LEAST_SIDE"),
    ("command-line.md", "for {:,} sweeps, then on a half", "studio.dream.begin:COARSE_SWEEPS"),
    ("command-line.md", "sizes below {:,} px are left out", "studio.models.coarse:LEAST"),
    ("textures.md", "at most {:,} pixels a side", "studio.cli.playing:LARGEST_SHEET"),
    ("textures.md", "{} unless told otherwise", "studio.cli.texture:SWEEPS"),
    ("taking-away.md", "up to {0} x {0} times", "studio.ui.export_parts:MOST_COPIES"),
    ("taking-away.md", "where the pictures are {:,} px or larger", "studio.data.contact:LEAST"),
    ("dreaming.md", "up to {0} x {0} pixels", "studio.dream.settings:LARGEST_SIDE"),
    ("installing.md", "takes {:,} a step", "studio.project.code_job:RBM_BATCH"),
    ("training.md", "half after {:,} pictures", "studio.training.schedule:INVERSE_PICTURES"),
    ("filling.md", "{0[0]}, {0[1]}, {0[2]}, {0[3]}, {0[4]} or {0[5]} pixels", "studio.dream.held_picture:SIDES"),
)


@pytest.mark.parametrize(("page", "words", "name"), NUMBERS, ids=[name for *_, name in NUMBERS])
def test_numbers_are_those_of_the_program(page: str, words: str, name: str) -> None:
    text = (ROOT / "docs" / "manual" / page).read_text(encoding="utf-8")
    assert words.format(resolve_name(name)) in text


def test_every_dependency_has_its_reason() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    wanted = [
        *project["dependencies"],
        *(item for extra in project["optional-dependencies"].values() for item in extra),
    ]
    table = (ROOT / "docs" / "decisions" / "0003-dependencies.md").read_text(encoding="utf-8")
    assert [item for item in wanted if re.split(r"[<>=]", item)[0].lower() not in table.lower()] == []
