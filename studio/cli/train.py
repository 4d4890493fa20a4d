"""harmonium train: from pictures to a project."""

from __future__ import annotations

import argparse
import dataclasses
import os
import signal
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

from studio.cli.autosaved import Autosaved, AutosavedTogether
from studio.cli.options import (
    add_data,
    add_device,
    add_json,
    add_seed,
    add_settings,
    add_store,
    count,
    dataset,
    minutes,
    output,
    project_at,
    require_used,
    seconds,
    shelf,
    with_settings,
)
from studio.cli.progress import ProgressLine
from studio.cli.report import print_json
from studio.data.imageset import ImageSet
from studio.data.load import load
from studio.errors import DivergedError, LostProcessError, ProjectError, SettingsError, StudioError
from studio.jobs.control import RunControl
from studio.jobs.feed import Feed
from studio.jobs.status import Progress
from studio.paths import user_data
from studio.project.archive import Project, write_project
from studio.project.cut_short import cut_short, finished
from studio.project.going_on import further, require_going_on
from studio.project.history import RunRecord
from studio.project.locate import absolute
from studio.project.looks_done import METRIC as LOOKS_DONE_METRIC
from studio.project.notes import notes
from studio.project.presets import preset
from studio.project.recipe import Recipe
from studio.training import rolled_back

if TYPE_CHECKING:
    from studio.project.prepared import Prepared
    from studio.training.ranks import Ranks
    from studio.training.run import RunResult

SHOWN = ("reconstruction_error", "pseudo_likelihood", "texture_similarity")


def add(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = verbs.add_parser(
        "train",
        help="train a model and save it as a project",
        description="Train a model on pictures and save it. Ctrl+C stops early and keeps what was learned.",
    )
    add_data(parser)
    parser.add_argument("--preset", metavar="NAME", help="the recipe to start from (see `presets`)")
    parser.add_argument("--continue", dest="previous", type=Path, metavar="FILE", help="go on training this project")
    add_store(parser)
    add_settings(parser)
    length = parser.add_mutually_exclusive_group()
    length.add_argument("--epochs", type=float, metavar="N", help="how often each picture is used")
    length.add_argument("--seconds", type=seconds, metavar="S", help="how long to train")
    length.add_argument("--steps", type=count, metavar="N", help="how many updates to take")
    add_device(parser)
    add_seed(parser)
    parser.add_argument("--out", required=True, metavar="FILE", help="where to save the project, *.harmonium")
    parser.add_argument(
        "--autosave", type=minutes, default=5, metavar="M", help="minutes between copies, 0 for none (default: 5)"
    )
    add_json(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    out = output(arguments.out, (".harmonium",))
    previous = project_at(arguments.previous) if arguments.previous else None
    recipe, midst = chosen(arguments, previous), None

    if previous is not None and untouched(arguments) and cut_short(previous):
        previous, midst, recipe = without_last(previous), previous, previous.recipe
    with ProgressLine(quiet=arguments.json or os.environ.get("RANK", "0") != "0") as line:
        telling = partial(line.show_count, "pictures")
        images = load(recipe.data, recipe.preprocess, telling, shelf=shelf(arguments.store))
        if images.note:
            line.say(images.note)
        if arguments.store is not None and recipe.preprocess.crops:
            line.say("Pictures from which crops are cut stay in memory: --store changes nothing.")
        for verdict in images.skipped[:10]:
            line.say(f"skipped {verdict.name}: {verdict.reason}")
        told = notes(recipe, len(images.training()))
        copies = Autosaved(out, arguments.autosave, line.say)
        if several():
            project, record, result, first = train_together(
                recipe, images, arguments.device, previous, line, copies, told
            )
            if not first:
                return 0
        else:
            project, record, result = train(
                recipe, images, arguments.device, previous, line, copies, told=told, midst=midst
            )
    out = saved(out, project)
    copies.remove()
    report = {
        "outcome": str(result.outcome.value),
        "steps": record.steps,
        "planned_steps": record.settings.planned_steps,
        "epochs": round(result.epochs, 4),
        "seconds": round(record.seconds, 3),
        "images_per_second": round(record.images_per_second, 1),
        "reconstruction_error": record.curves.last("reconstruction_error"),
        "pseudo_likelihood": record.curves.last("pseudo_likelihood"),
        "texture_similarity": record.curves.last("texture_similarity"),
        "looks_done_seconds": record.looks_done,
        "device": record.device,
        "threads": record.settings.threads,
        "file": str(out),
    }
    if arguments.json:
        print_json(report)
    else:
        print(
            f"Saved {out}: {report['steps']:,} steps, {report['epochs']:.1f} epochs in {record.seconds:.1f} s on "
            f"{record.device}, {record.images_per_second:,.0f} pictures/s, "
            f"reconstruction error {record.curves.last('reconstruction_error') or 0:.4f}."
        )
    return 0


def lost(_signal: int, _frame: FrameType | None) -> None:
    raise LostProcessError(
        "This run was ended: by another of its processes, or from outside.", "What was printed says why."
    )


def rescued(prepared: Prepared, unfinished: Callable[[], Project], copies: Autosaved | AutosavedTogether) -> bool:
    """Write the last good state of a run that broke down, where it can still be had."""
    plan = prepared.plan
    if not plan.steps:
        return False
    try:
        plan.stages[plan.current].trainer.go_back()
        return copies.write(finished(unfinished()))  # it went back some steps
    except RuntimeError:  # what the device held is gone with it; an earlier copy may be there
        return copies.path.exists()


def saved(out: Path, project: Project) -> Path:
    """Save the project; where that fails after the hours of work, save it in the user's own folder and say so."""
    try:
        write_project(out, project)
    except StudioError as error:
        refuge = user_data() / "rescued" / out.name
        refuge.parent.mkdir(parents=True, exist_ok=True)
        write_project(refuge, project)
        raise ProjectError(error.message, f"The trained model is kept at {refuge}.") from error
    return out


def chosen(arguments: argparse.Namespace, previous: Project | None) -> Recipe:
    """Return the recipe that preset, project and options ask for."""
    recipe = previous.recipe if previous is not None else Recipe()
    if previous is not None:
        free = dataclasses.replace(further(recipe.training, len(previous.runs)), steps=0)
        recipe = dataclasses.replace(recipe, training=free)
    if arguments.preset:
        if previous is not None:
            raise SettingsError("A project goes on with its own recipe.", "Leave out --preset, or --continue.")
        recipe = preset(arguments.preset).apply(recipe)
    if arguments.data:
        recipe = dataclasses.replace(recipe, data=absolute(dataset(arguments.data)))
    if not recipe.data.paths:
        raise SettingsError("There are no pictures to learn from.", "Give --data PATH or --data sample:glyphs.")
    recipe = with_settings(recipe, arguments.settings)
    training = recipe.training
    if arguments.epochs is not None:
        training = dataclasses.replace(training, epochs=arguments.epochs, seconds=0.0, steps=0, planned_steps=0)
    if arguments.seconds is not None:
        training = dataclasses.replace(training, seconds=arguments.seconds, steps=0, planned_steps=0)
    if arguments.steps is not None:
        training = dataclasses.replace(training, steps=arguments.steps)
    if arguments.seed is not None:
        training = dataclasses.replace(training, seed=arguments.seed)
    if previous is not None:
        if recipe.model != previous.recipe.model:
            raise SettingsError("A trained model cannot change its shape.", "Leave out --set model.… or --continue.")
        require_going_on(previous.recipe, recipe)
    recipe = dataclasses.replace(recipe, training=training)
    require_used(recipe, arguments.settings)
    return recipe


def untouched(arguments: argparse.Namespace) -> bool:
    """Say whether a project goes on as its recipe says, with nothing asked for besides."""
    asked = (arguments.epochs, arguments.seconds, arguments.steps, arguments.seed, arguments.data)
    return not arguments.settings and all(value is None or value == [] for value in asked) and not several()


def without_last(project: Project) -> Project:
    """Return a project without its last run, which is gone on with."""
    return dataclasses.replace(project, runs=project.runs[:-1])


def several() -> bool:
    """Say, without torch, whether this process may be one of several."""
    return os.environ.get("WORLD_SIZE", "1") != "1" and "RANK" in os.environ


def train_together(
    recipe: Recipe,
    images: ImageSet,
    device: str,
    previous: Project | None,
    line: ProgressLine,
    copies: Autosaved,
    told: Sequence[str],
) -> tuple[Project, RunRecord, RunResult, bool]:
    """Run the recipe in this and other processes; returns also whether this is the first, which saves."""
    from studio.training.ranks import joined

    if device not in ("auto", "cpu"):
        raise SettingsError(f"Several processes train on processors, not on {device}.", "Leave out --device.")
    with joined() as ranks:
        both = AutosavedTogether(copies, ranks)
        return *train(recipe, images, "cpu", previous, line, both, ranks, told), ranks.first


def train(
    recipe: Recipe,
    images: ImageSet,
    device: str,
    previous: Project | None,
    line: ProgressLine,
    copies: Autosaved | AutosavedTogether | None = None,
    ranks: Ranks | None = None,
    told: Sequence[str] = (),
    midst: Project | None = None,
) -> tuple[Project, RunRecord, RunResult]:
    """Run the recipe to its end, or to Ctrl+C; returns the project, the run's record and how it ended.

    Raises what a run raises; where there are `copies`, the last good state is
    among them then. `ranks` are the processes that share the work, where there
    are several. `told` is said once nothing is refused any more. `midst` holds a
    run that was cut short, which is gone on with.
    """
    from studio.jobs.device import as_studio_error, choose
    from studio.project.job import keep, prepare
    from studio.project.lapse import EMPTY, from_arrays
    from studio.project.lapse_recorder import Recorder
    from studio.project.resume import resumed
    from studio.project.shared_job import divided
    from studio.training.precision import precision_note
    from studio.training.run import run as train_plan

    name = choose(device)
    control, feed = RunControl(), Feed()
    summary = {"pictures": len(images), "skipped": len(images.skipped)}
    earlier = previous.runs if previous is not None else ()
    record = RunRecord(len(earlier) + 1, datetime.now().isoformat(timespec="seconds"), recipe.training, device=name)
    if midst is not None and midst.runs:
        record = midst.runs[-1].copy()
    earlier_seconds, earlier_changes = record.seconds, list(record.changes)

    def follow() -> float:
        if ranks is not None and ranks.stopping:
            control.stop(keep=True)
        points = feed.drain()
        record.curves.extend(points)
        for metric, step, value in points:
            if metric == LOOKS_DONE_METRIC:
                line.say(f"looks done after {value:.0f} s (Ctrl+C stops and keeps)")
            elif metric == rolled_back.METRIC:
                line.say(rolled_back.rolled_back_words(step, value))
            elif metric == rolled_back.ENDED:
                line.say(f"{rolled_back.ended_words(step)} {rolled_back.AT_THE_END}")
        progress = feed.take().get("progress")
        if isinstance(progress, Progress):
            metrics = {name: record.curves.last(name) for name in SHOWN}
            line.show(progress, {name: value for name, value in metrics.items() if value is not None})
        if copies is not None:
            copies.follow(unfinished)
        return 1.0

    def unfinished() -> Project:
        kept = keep(prepared.trained, prepared, lapse=recorder.lapse)
        return dataclasses.replace(kept, runs=(*earlier, record), summary=summary)

    def stop(_signal: int, _frame: FrameType | None) -> None:
        if ranks is None:
            control.stop(keep=True)
        else:
            ranks.wishes_to_stop = True  # all of them stop after the same step

    before = signal.signal(signal.SIGINT, stop)
    if ranks is not None:
        signal.signal(signal.SIGTERM, lost)  # sent by torchrun when another process has ended
    try:
        if midst is not None:
            try:
                prepared = resumed(midst, images, name)
            except StudioError as error:
                raise ProjectError(error.message, "With --epochs N a new run goes on from its weights.") from error
            line.say(f"the run that was cut short goes on at step {prepared.plan.reached:,}")
        else:
            prepared = prepare(recipe, images, name, previous)
        for note in (*told, precision_note(recipe.training, name)):
            if note:
                line.say(note)
        if ranks is not None:
            prepared = divided(prepared, ranks)
        recorder = Recorder(prepared, feed, from_arrays(previous.lapse) if previous is not None else EMPTY)

        try:
            result = train_plan(prepared.plan, control, feed, recorder.served(follow))
        except (RuntimeError, DivergedError) as error:
            said = as_studio_error(error, name)
            if copies is not None and rescued(prepared, unfinished, copies):
                said.hint += f" The last good state is kept in {copies.path}."
            raise said from (None if said is error else error)
        except LostProcessError as error:
            if copies is not None and copies.written:
                error.hint += f" The last copy is {copies.path}."
            raise
    except RuntimeError as error:
        raise as_studio_error(error, name) from error
    finally:
        # torchrun passes Ctrl+C on a second time, which must not reach the saving.
        signal.signal(signal.SIGINT, before if ranks is None else signal.SIG_IGN)
    follow()
    record.settings, record.steps, record.seconds = result.settings, result.steps, earlier_seconds + result.seconds
    record.images_per_second, record.changes = result.images_per_second, [*earlier_changes, *result.changes]
    kept = keep(prepared.trained, prepared, result.settings, lapse=recorder.finish())
    return dataclasses.replace(kept, runs=(*earlier, record), summary=summary), record, result
