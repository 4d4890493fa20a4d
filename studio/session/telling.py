"""All that the session tells whoever listens."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal


class Telling(QObject):
    """The signals of the session, each with what it carries."""

    recipe_changed = Signal(object)  # Recipe
    dataset_changed = Signal(object)  # ImageSet | None
    loading_changed = Signal(object)  # LoadProgress while pictures are read, then None
    status_changed = Signal(object)  # RunStatus
    progressed = Signal(object)  # Progress
    ended = Signal(object, object)  # Outcome, StudioError | None; exactly once a run
    curves_changed = Signal()
    frame_arrived = Signal(str, object)  # kind, frame
    filter_inspected = Signal(object)  # FilterDetail
    codes_mapped = Signal(object)  # CodeMap
    code_shown = Signal(object)  # CodePicture
    kept_codes_changed = Signal(object)  # tuple[CodePoint, ...]
    maps_seen = Signal(object)  # MapsFrame, or None where a picture could not be looked at
    player_changed = Signal(object)  # PlayerState
    dream_changed = Signal(object)  # DreamSettings
    hold_changed = Signal(object)  # Hold | None
    strokes_changed = Signal(object)  # tuple[Stroke, ...]
    mask_read = Signal(object)  # PackedMask
    recipe_looked_for = Signal(object, object)  # Path, RecipeFound | None
    mixer_changed = Signal(object)  # Mixer
    altered_changed = Signal(object)  # Altered
    lapse_changed = Signal(object)  # tuple[int, ...], the steps of the time-lapse
    lapse_shown = Signal(object)  # LapsePicture, or None where a step could not be drawn
    snapshots_changed = Signal(object)  # tuple[Snapshot, ...]
    rewound = Signal(int)  # number of the snapshot that was gone back to
    snapshot_shown = Signal(object)  # SnapshotPicture
    snapshot_drawn_out = Signal(int, object)  # number, the Path of a file made to be dragged away
    live_changed = Signal(object)  # LiveSettings
    project_changed = Signal(object)  # ProjectInfo
    project_replaced = Signal()  # another is in hand
    recent_changed = Signal(object)  # tuple[Path, ...]
    devices_found = Signal(object)  # tuple[DeviceInfo, ...]
    advice_changed = Signal(object)  # Advice | None
    notice_posted = Signal(object)  # Notice
    notice_over = Signal(object)  # Notice whose cause is gone
    undo_changed = Signal(str, str)  # labels of what undo and redo would do
    model_changed = Signal(object)  # the model's family as text, or None
    scale_proposed = Signal(object)  # Proposal, or the StudioError why there is none
    work_changed = Signal(str)  # other work in progress, in a few words
    tasks_changed = Signal(object)  # tuple[TaskInfo, ...]: what is done bit by bit, first come first
    evaluation_found = Signal(object)  # Outline, then one Section after another
    evaluation_progressed = Signal(int, int)  # done, total
    evaluation_ended = Signal()  # all was found, or it was cancelled
    picture_grabbed = Signal(object)  # Grabbed: the dream as it stands, for the clipboard
    drag_ready = Signal(object)  # Path of a file that holds the dream as it stood, or None where there is none
    autosaved = Signal(object)  # Recoverable
    recoverable_found = Signal(object)  # tuple[Rescue, ...]
    closed = Signal()
