"""The history of a project as JSON values."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from studio.errors import ProjectError
from studio.project.history import Curves, RunRecord
from studio.project.recipe import build, plain
from studio.training.settings import TrainSettings

LARGEST_STEP = 2**62


def runs_to_list(runs: Iterable[RunRecord]) -> list[dict[str, Any]]:
    return [
        {
            "number": run.number,
            "started": run.started,
            "settings": plain(run.settings),
            "device": run.device,
            "steps": run.steps,
            "seconds": run.seconds,
            "images_per_second": run.images_per_second,
            "curves": run.curves.to_dict(),
            "changes": [list(change) for change in run.changes],
        }
        for run in runs
    ]


def runs_from_list(value: object) -> tuple[RunRecord, ...]:
    """Return the runs; raises ProjectError or SettingsError on anything that is not one."""
    return tuple(run_from(item) for item in listed(value, "history"))


def run_from(value: object) -> RunRecord:
    if not isinstance(value, dict):
        raise wrong("run", value)
    curves = Curves()
    for name, pair in mapping(value.get("curves", {})).items():
        halves = listed(pair, "curve")
        if len(halves) != 2 or len(listed(halves[0], "curve")) != len(listed(halves[1], "curve")):
            raise wrong("curve", name)
        points = zip(halves[0], halves[1], strict=True)
        curves.extend((name, whole(step), number(item)) for step, item in points)
    return RunRecord(
        number=whole(value.get("number", 0)),
        started=text(value.get("started", "")),
        settings=build(TrainSettings, value.get("settings", {}), "run"),
        device=text(value.get("device", "")),
        steps=whole(value.get("steps", 0)),
        seconds=number(value.get("seconds", 0.0)),
        images_per_second=number(value.get("images_per_second", 0.0)),
        curves=curves,
        changes=[change_from(item) for item in listed(value.get("changes", []), "changes")],
    )


def change_from(value: object) -> tuple[int, str, float]:
    parts = listed(value, "change")
    if len(parts) != 3:
        raise wrong("change", value)
    return whole(parts[0]), text(parts[1]), number(parts[2])


def mapping(value: object) -> dict[str, Any]:
    if isinstance(value, dict):
        return value
    raise wrong("set of curves", value)


def listed(value: object, what: str) -> list[Any]:
    if isinstance(value, list):
        return value
    raise wrong(what, value)


def whole(value: object) -> int:
    if type(value) is int and abs(value) < LARGEST_STEP:
        return value
    raise wrong("whole number", value)


def number(value: object) -> float:
    if type(value) is float or (type(value) is int and abs(value) < 2**1000):
        return float(value)
    raise wrong("number", value)


def text(value: object) -> str:
    if isinstance(value, str):
        return value
    raise wrong("text", value)


def wrong(what: str, value: object) -> ProjectError:
    return ProjectError(f"The project's history has a {what} that is none: {str(value)[:60]!r}.", "Open another copy.")
