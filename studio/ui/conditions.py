"""When an action makes sense: plain questions about the session."""

from __future__ import annotations

from typing import TYPE_CHECKING

from studio.jobs.status import PlayerState, RunState
from studio.models.spec import Family
from studio.project.recipe import FAMILIES

if TYPE_CHECKING:
    from studio.session.session import Session


LONG = 60.0  # seconds of learning that nobody throws away lightly
NO_MODEL = "There is no model to dream yet."


def always(_session: Session) -> bool:
    return True


def can_start(session: Session) -> bool:
    """Pictures are there, or at least named, and nothing runs; a run waits for pictures that are being read."""
    return not session.status.busy and bool(session.recipe.data.paths or session.dataset is not None)


def ends_a_model(session: Session) -> bool:
    """A run that begins now takes the place of a model that learned for long and is in no file."""
    return can_start(session) and session.at_stake >= LONG


def can_continue(session: Session) -> bool:
    return can_start(session) and session.has_model


def has_model(session: Session) -> bool:
    return session.has_model


def can_pause(session: Session) -> bool:
    return session.status.state in (RunState.TRAINING, RunState.PAUSED)


def can_stop(session: Session) -> bool:
    return session.status.state in (RunState.PREPARING, RunState.TRAINING, RunState.PAUSED)


def can_step(session: Session) -> bool:
    return can_start(session) or session.status.state is RunState.PAUSED


def can_look_back(session: Session) -> bool:
    """Steps of the training were kept."""
    return bool(session.lapse_steps)


def can_dream(session: Session) -> bool:
    return session.player is not PlayerState.EMPTY


def start_reason(session: Session) -> str:
    """Why no run can begin, in a sentence; empty where one can, or goes on."""
    if session.status.busy or can_start(session):
        return ""
    return "There are no pictures to learn from yet: add some on the left."


def go_back_reason(session: Session) -> str:
    """Why there is no going back, in a sentence; empty where there is."""
    if not can_dream(session):
        return NO_MODEL
    return "" if session.snapshots else "No snapshot is kept yet."


def can_go_back(session: Session) -> bool:
    return not go_back_reason(session)


def compare_reason(session: Session) -> str:
    """Why there is nothing to lay beside the dream, in a sentence; empty where a snapshot or what fills a hole is."""
    if not can_dream(session):
        return NO_MODEL
    if session.snapshots or is_filling(session):
        return ""
    return "There is nothing to compare with yet: keep a snapshot, or paint a hole."


def can_compare(session: Session) -> bool:
    return not compare_reason(session)


def is_filling(session: Session) -> bool:
    """Something on the canvas is held or painted, and the rest is dreamt."""
    return session.hold is not None or bool(session.strokes)


def is_altered(session: Session) -> bool:
    """Something is done to the model on the canvas."""
    return can_dream(session) and not session.altered.neutral


def can_keep_altered(session: Session) -> bool:
    """The altered model has the shape of the one that was learned, and nothing runs."""
    return is_altered(session) and not session.altered.joined and not session.status.busy


def tile_reason(session: Session) -> str:
    """Why the dream cannot be seamless, in a sentence; empty where the model at hand dreams at any size."""
    if not can_dream(session):
        return NO_MODEL
    return "" if any_size(session.family) else "This model dreams whole pictures, which do not repeat."


def can_tile(session: Session) -> bool:
    return not tile_reason(session)


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
    if session.dataset is None:
        return "The model's pictures are not at hand: add them on the left."
    return ""


def can_exhibit(session: Session) -> bool:
    """There is a model that dreams, and pictures to cover."""
    return not exhibit_reason(session)


def can_heal(session: Session) -> bool:
    return not heal_reason(session)


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


def has_missing(session: Session) -> bool:
    return bool(session.missing)


def relocate_reason(session: Session) -> str:
    """Why there is nothing to look for, in a sentence; empty where pictures are missing."""
    return "" if session.missing else "No picture is missing."
