"""Rules of the house that no linter knows: a pattern each, a line it must catch, and what to do instead."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MOST_LINES = 500


def files(*patterns: str) -> list[Path]:
    return sorted(path for pattern in patterns for path in ROOT.glob(pattern) if path != Path(__file__))


STUDIO = files("studio/**/*.py")
TESTS = files("tests/**/*.py")
SESSION = files("studio/session/**/*.py")
WORDS = files("*.md", "docs/**/*.md", "resources/**/*.json", "resources/**/*.svg")


@dataclass(frozen=True)
class Rule:
    """`caught` is a line that breaks the rule: a pattern that stopped matching would guard nothing."""

    pattern: str
    caught: str
    remedy: str
    where: tuple[Path, ...]


RULES = [
    Rule(
        r"\bprocessEvents\(",
        "QCoreApplication.processEvents()",
        "Never re-enter the event loop: return to it, and be called again.",
        (*STUDIO, *TESTS),
    ),
    Rule(
        r"\.terminate\(",
        "self._thread.terminate()",
        "A terminated thread leaves its locks held: ask it to stop, then wait.",
        (*STUDIO, *TESTS),
    ),
    Rule(
        r"\bBlockingQueuedConnection\b",
        "connect(self.seen, Qt.ConnectionType.BlockingQueuedConnection)",
        "Two threads that wait for each other never wake: pass a value and return.",
        (*STUDIO, *TESTS),
    ),
    Rule(
        r"\bexcept(\s+(Base)?Exception(\s+as\s+\w+)?)?:\s*(pass|\.\.\.|continue)\b|\bsuppress\((Base)?Exception\)",
        "except Exception:\n        pass",
        "Name the exceptions that are expected here, and say what follows from them.",
        (*STUDIO, *TESTS),
    ),
    Rule(
        r"\b(TODO|FIXME|XXX)\b|\braise\s+NotImplementedError\b",
        "# TODO: the rest",
        "Do it now, or open an issue; no stubs.",
        (*STUDIO, *TESTS),
    ),
    Rule(
        r"\ballow_pickle\s*=\s*True\b|\bweights_only\s*=\s*False\b",
        "np.load(path, allow_pickle=True)",
        "Nothing is ever unpickled.",
        (*STUDIO, *TESTS),
    ),
    Rule(
        r"(?<!\.cpu\(\))\.double\(\)",
        "total = model.free_energy(v).double()",
        "Apple's GPUs have no double precision: take the numbers to the host first, or through studio.models.doubles.",
        tuple(files("studio/lab/*.py", "studio/project/*.py")),
    ),
    Rule(
        r"\btorch\.save\(|\bQSaveFile\b",
        "torch.save(model.state_dict(), path)",
        "Neither keeps the old file whole when the disk is full: write through the project's own atomic writer.",
        tuple(STUDIO),
    ),
    Rule(
        r"\b(GeneratorWorker|thread_worker|create_worker)\b",
        "from superqt.utils import thread_worker",
        "These workers swallow RuntimeError, which is how torch says that memory ran out: use the ComputeThread.",
        tuple(STUDIO),
    ),
    Rule(
        r"\.connect\(\s*(lambda|partial|functools\.partial)\b",
        "thread.finished.connect(lambda: self.done())",
        "It would run in the emitting thread: connect a method of a QObject.",
        tuple(SESSION),
    ),
    Rule(
        r"\bPySide6(\.|\s+import\b.*)\bQt(Widgets|Gui)\b",
        "from PySide6.QtWidgets import QWidget",
        "The session knows QtCore only; what has a surface belongs to ui.",
        tuple(SESSION),
    ),
    Rule(
        r"# type: ignore(?!\[[\w, -]+\]\s+#\s*\w)",
        "x = y  # type: ignore[assignment]",
        "Give the error's code and, after a second #, the reason.",
        (*STUDIO, *TESTS),
    ),
    Rule(
        r"\bpytest\.(mark\.)?(skip|xfail)\b",
        "@pytest.mark.skip",
        "A test runs or it goes; skipif names what has to be there.",
        tuple(TESTS),
    ),
    Rule(
        r"\b(qtbot\.wait|qWait)\(",
        "qtbot.wait(100)",
        "Wait for what should happen: waitUntil, waitSignal.",
        tuple(TESTS),
    ),
    Rule(
        r"(?<![\w.])/(work|tmp|root)\b",
        'open("/tmp/picture.png")',
        "Paths of one machine mean nothing on another.",
        (*STUDIO, *WORDS),
    ),
]


def breaches(rule: Rule) -> list[str]:
    """Return `file:line: text` of every match."""
    found = []
    for path in rule.where:
        text = path.read_text(encoding="utf-8")
        for match in re.finditer(rule.pattern, text):
            line = text.count("\n", 0, match.start()) + 1
            found.append(f"{path.relative_to(ROOT)}:{line}: {match.group()}")
    return found


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.caught)
def test_rule_is_kept(rule: Rule) -> None:
    assert re.search(rule.pattern, rule.caught), "this rule catches nothing any more"
    found = breaches(rule)
    assert not found, "\n".join([rule.remedy, *found])


def test_no_file_outgrows_its_idea() -> None:
    long = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in (*STUDIO, *TESTS)}
    found = [f"{path.relative_to(ROOT)}: {lines} lines" for path, lines in long.items() if lines > MOST_LINES]
    assert not found, "\n".join([f"Split by idea; {MOST_LINES} lines are the most.", *found])


def test_packages_say_nothing_in_their_init() -> None:
    inits = [path for path in STUDIO if path.name == "__init__.py" and path.parent != ROOT / "studio"]
    found = [str(path) for path in inits if path.stat().st_size]
    assert not found, "\n".join(["Leave __init__.py empty: a name has one address.", *found])


def test_every_package_has_its_init() -> None:
    found = sorted({str(path.parent) for path in (*STUDIO, *TESTS) if not (path.parent / "__init__.py").exists()})
    assert not found, "\n".join(["Without __init__.py the layers are not checked here.", *found])


def test_nothing_is_called_utils() -> None:
    vague = {"util", "utils", "helper", "helpers", "misc", "common"}
    found = [str(path) for path in STUDIO if vague & set(path.relative_to(ROOT).with_suffix("").parts)]
    assert not found, "\n".join(["Name it after what it is about.", *found])
