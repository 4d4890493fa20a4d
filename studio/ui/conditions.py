"""When an action makes sense: plain questions about the session."""

from __future__ import annotations

from typing import TYPE_CHECKING

from studio.jobs.status import PlayerState, RunState
from studio.models.spec import Family
from studio.project.recipe import FAMILIES

if TYPE_CHECKING:
    from studio.session.session import Session


LONG = 60.0  # seconds of learning that nobody throws away lightly
NO_MODEL = "There is no model to dream yet: press Start, or open a project."
NOTHING_PAINTED = "Nothing is painted."
UNCHANGED = "Nothing is done to the model: it plays as it was learned."


def busy_reason(session: Session) -> str:
    """Why the model cannot be changed, in a sentence; empty where nothing runs."""
    return "A run is going on: stop it, or wait for its end." if session.status.busy else ""


def start_reason(session: Session) -> str:
    """Why no run can begin, in a sentence; pictures that are being read are waited for."""
    if session.status.busy:
        return busy_reason(session)
    named = bool(session.recipe.data.paths or session.dataset is not None)
    return "" if named else "There are no pictures to learn from yet: add some on the left."


def ends_a_model(session: Session) -> bool:
    """A run that begins now takes the place of a model that learned for long and is in no file."""
    return not start_reason(session) and session.at_stake >= LONG


def continue_reason(session: Session) -> str:
    if not session.has_model and not session.status.busy:
        return "There is no model to train further yet: press Start, or open a project."
    return start_reason(session)


def model_reason(session: Session) -> str:
    return "" if session.has_model else NO_MODEL


def pause_reason(session: Session) -> str:
    """Why no run can be halted or let go on, in a sentence."""
    if session.status.state is RunState.PREPARING:
        return "The run is being prepared, and can be paused once it learns."
    return "" if session.status.state in (RunState.TRAINING, RunState.PAUSED) else stop_reason(session)


def stop_reason(session: Session) -> str:
    if session.status.state is RunState.STOPPING:
        return "The run is finishing its current step."
    return "" if session.status.busy else "No run is going on: press Start first."


def step_reason(session: Session) -> str:
    """Why no single step can be taken, in a sentence; empty where a run is paused, or one can begin."""
    if session.status.state is RunState.TRAINING:
        return "A run is going on: pause it first."
    return "" if session.status.state is RunState.PAUSED else start_reason(session)


def look_back_reason(session: Session) -> str:
    return "" if session.lapse_steps else "No steps of a training were kept: train a model first."


def can_dream(session: Session) -> bool:
    return session.player is not PlayerState.EMPTY


def bring_back_reason(session: Session) -> str:
    if session.model_before is None:
        return "No run has taken the place of a model that is in no file."
    return busy_reason(session)


def dream_reason(session: Session) -> str:
    return "" if can_dream(session) else NO_MODEL


def go_back_reason(session: Session) -> str:
    """Why there is no going back, in a sentence; empty where there is."""
    if not can_dream(session):
        return NO_MODEL
    return "" if session.snapshots else "No snapshot is kept yet: press S to keep one."


def compare_reason(session: Session) -> str:
    """Why there is nothing to lay beside the dream, in a sentence; empty where a snapshot or what fills a hole is."""
    if not can_dream(session):
        return NO_MODEL
    if session.snapshots or is_filling(session):
        return ""
    return "There is nothing to compare with yet: keep a snapshot, or paint a hole."


def is_filling(session: Session) -> bool:
    """Something on the canvas is held or painted, and the rest is dreamt."""
    return session.hold is not None or bool(session.strokes)


def clear_reason(session: Session) -> str:
    if not can_dream(session):
        return NO_MODEL
    return "" if session.strokes else NOTHING_PAINTED


def altered_reason(session: Session) -> str:
    """Why nothing can be taken away from what is done to the model, in a sentence."""
    if not session.altered.neutral:
        return ""
    return UNCHANGED if can_dream(session) else NO_MODEL


def keep_altered_reason(session: Session) -> str:
    """Why the altered model cannot be the project's own, in a sentence; empty where it can."""
    if not altered_reason(session) and session.altered.joined:
        return "A fade of energies has the units of two models, and cannot be kept as one: fade weights instead."
    return altered_reason(session) or busy_reason(session)


def tile_reason(session: Session) -> str:
    """Why the dream cannot be seamless, in a sentence; empty where the model at hand dreams at any size."""
    if not can_dream(session):
        return NO_MODEL
    return "" if any_size(session.family) else "This model dreams whole pictures, which do not repeat."


def heal_reason(session: Session) -> str:
    """Why the exemplar cannot be healed now, in a sentence; empty where it can."""
    if not can_dream(session):
        return NO_MODEL
    if not any_size(session.family):
        return "This model dreams whole pictures and has no exemplar to heal: that takes a texture model."
    if session.dataset is None or not session.dataset.exemplars:
        return "The picture that was learned is not at hand: add it on the left."
    return ""


def exhibit_reason(session: Session) -> str:
    """Why no gallery can be opened now, in a sentence; empty where one can."""
    if not can_dream(session):
        return NO_MODEL
    return pictures_reason(session)


def pictures_reason(session: Session) -> str:
    return "" if session.dataset is not None else "The model's pictures are not at hand: add them on the left."


def maps_reason(session: Session) -> str:
    """Why the filters of the model at hand have no maps over the dream, in a sentence; empty where they have."""
    if not any_size(session.family):
        return "This model has no maps: its filters see whole pictures."
    return "Maps are those of one chain: choose 1 chain." if session.dream.chains > 1 else ""


def nothing(_session: Session) -> str:
    return ""


def any_size(family: str) -> bool:
    """Whether models of this family dream at any size."""
    return family in list(Family) and FAMILIES[Family(family)].any_size


def relocate_reason(session: Session) -> str:
    """Why there is nothing to look for, in a sentence; empty where pictures are missing."""
    return "" if session.missing else "No picture is missing."
