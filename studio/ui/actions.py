"""Every action of the window in one table: menus, shortcuts, tool tips and the help sheet are made from it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from studio.ui import conditions

if TYPE_CHECKING:
    from studio.session.session import Session

MENUS = ("Project", "Edit", "Training", "Dream", "View", "Help")


@dataclass(frozen=True, slots=True)
class ActionInfo:
    """`handler` names a method of Commands; `group` separates the entries of a menu."""

    id: str
    text: str
    tip: str
    menu: str
    handler: str
    shortcut: str = ""
    group: int = 0
    icon: str = ""
    enabled: Callable[[Session], bool] = conditions.always
    reason: Callable[[Session], str] = conditions.nothing  # why it is not enabled, where that is not plain

    @property
    def full_tip(self) -> str:
        return f"{self.tip} ({self.shortcut})" if self.shortcut else self.tip

    def tip_now(self, session: Session) -> str:
        """The tip, and why the action is disabled where there is something to say."""
        return " ".join(filter(None, (self.full_tip, self.reason(session))))


ACTIONS: tuple[ActionInfo, ...] = (
    ActionInfo("new", "New project", "Begin with no pictures and no model.", "Project", "new_project", "Ctrl+N"),
    ActionInfo("open", "Open...", "Open a project with its model and history.", "Project", "open_project", "Ctrl+O"),
    ActionInfo("save", "Save", "Keep model, settings and history in one file.", "Project", "save", "Ctrl+S", 1, "save"),
    ActionInfo(
        "save_as", "Save as...", "Keep the project in another file.", "Project", "save_as", "Ctrl+Shift+S", group=1
    ),
    ActionInfo(
        "add_folder",
        "Add a folder of pictures...",
        "Learn from every picture in a folder and the folders in it.",
        "Project",
        "add_folder",
        "Ctrl+Shift+O",
        2,
        "folder",
    ),
    ActionInfo(
        "add_files", "Add picture files...", "Learn from some files.", "Project", "add_files", group=2, icon="pictures"
    ),
    ActionInfo(
        "relocate",
        "Relocate pictures...",
        "Say where the pictures of this project are now.",
        "Project",
        "relocate",
        group=2,
        enabled=conditions.has_missing,
    ),
    ActionInfo(
        "autosave",
        "Autosave...",
        "How often unsaved work is copied, so that a crash takes little.",
        "Project",
        "autosave",
        group=3,
    ),
    ActionInfo("quit", "Quit", "Finish the current step and close the window.", "Project", "quit", "Ctrl+Q", group=3),
    ActionInfo("undo", "Undo", "Take back the last change of a setting.", "Edit", "undo", "Ctrl+Z", icon="undo"),
    ActionInfo(
        "redo", "Redo", "Make the change again that was taken back.", "Edit", "redo", "Ctrl+Shift+Z", icon="redo"
    ),
    ActionInfo(
        "start",
        "Start training",
        "Train a new model on the pictures.",
        "Training",
        "start",
        "Ctrl+Return",
        icon="play",
        enabled=conditions.can_start,
    ),
    ActionInfo(
        "continue",
        "Continue training",
        "Train the present model further.",
        "Training",
        "continue_training",
        "Ctrl+Shift+Return",
        enabled=conditions.can_continue,
    ),
    ActionInfo(
        "pause",
        "Pause or resume",
        "Halt the training between two steps, or let it go on; the dream plays on.",
        "Training",
        "pause_or_resume",
        "Ctrl+P",
        icon="pause",
        enabled=conditions.can_pause,
    ),
    ActionInfo(
        "step",
        "One step",
        "Train on one batch of pictures, then pause.",
        "Training",
        "step",
        "Ctrl+.",
        1,
        "step",
        conditions.can_step,
    ),
    ActionInfo(
        "epoch",
        "One epoch",
        "Train on every picture once, then pause.",
        "Training",
        "step_epoch",
        "Ctrl+Shift+.",
        1,
        "epoch",
        conditions.can_step,
    ),
    ActionInfo(
        "keep",
        "Stop and keep",
        "End the run and keep what the model has learned.",
        "Training",
        "stop_and_keep",
        "Ctrl+K",
        2,
        "stop",
        conditions.can_stop,
    ),
    ActionInfo(
        "discard",
        "Stop and discard",
        "End the run and go back to the model from before it.",
        "Training",
        "stop_and_discard",
        "",
        2,
        "discard",
        conditions.can_stop,
    ),
    ActionInfo(
        "play",
        "Play or pause",
        "Let the dream move, or hold it still.",
        "Dream",
        "play_or_pause",
        "Space",
        icon="play",
        enabled=conditions.can_dream,
    ),
    ActionInfo(
        "sweep",
        "One sweep",
        "Move the dream by one Gibbs sweep.",
        "Dream",
        "sweep",
        ".",
        icon="step",
        enabled=conditions.can_dream,
    ),
    ActionInfo(
        "restart",
        "Restart from noise",
        "Begin the dream again from its seed.",
        "Dream",
        "restart_dream",
        "R",
        icon="restart",
        enabled=conditions.can_dream,
    ),
    ActionInfo(
        "heal",
        "Heal the exemplar",
        "Put the picture that was learned on the canvas, hold it, and dream what is transparent of it, or a hole.",
        "Dream",
        "heal",
        "H",
        enabled=conditions.can_heal,
        reason=conditions.heal_reason,
    ),
    ActionInfo(
        "export_dream",
        "Export dream...",
        "Save the picture with its recipe in it.",
        "Dream",
        "export_dream",
        "Ctrl+Shift+E",
        1,
        "export",
        conditions.can_dream,
    ),
    ActionInfo(
        "copy_command",
        "Copy as command",
        "Copy the command line that draws this dream again.",
        "Dream",
        "copy_command",
        "Ctrl+Shift+C",
        1,
        "copy",
        conditions.can_dream,
    ),
    ActionInfo(
        "wrap",
        "Wrap view",
        "Show copies of the dream side by side, as on a wall, or the dream alone.",
        "Dream",
        "toggle_wrap",
        "W",
        2,
        enabled=conditions.can_tile,
    ),
    ActionInfo(
        "borders",
        "Lines between copies",
        "Draw a faint line where one copy ends and the next begins, or none.",
        "Dream",
        "toggle_borders",
        "Shift+W",
        2,
        enabled=conditions.can_tile,
    ),
    ActionInfo(
        "shift",
        "Offset view",
        "Shift the dream by half its size, so that its outer edges meet in the middle.",
        "Dream",
        "toggle_shift",
        "O",
        2,
        enabled=conditions.can_tile,
    ),
    ActionInfo("train_space", "Train workspace", "Everything at once.", "View", "show_train", "Alt+1"),
    ActionInfo("inspect_space", "Inspect workspace", "Filters large, curves below.", "View", "show_inspect", "Alt+2"),
    ActionInfo("dream_space", "Dream workspace", "The canvas large, filters beside it.", "View", "show_dream", "Alt+3"),
    ActionInfo("fit", "Fit the canvas", "Show the whole dream as large as fits.", "View", "fit", "Ctrl+0", 1, "fit"),
    ActionInfo(
        "panels",
        "Hide panels",
        "Show the canvas alone, or everything again.",
        "View",
        "toggle_panels",
        "F",
        1,
        "panels",
    ),
    ActionInfo("full", "Full screen", "Use the whole screen, or a window again.", "View", "full_screen", "F11", 1),
    ActionInfo(
        "help", "Shortcuts and help", "Every action and its keys on one sheet.", "Help", "help", "F1", 0, "help"
    ),
    ActionInfo("report", "Report...", "Versions, devices and the log, to copy into a message.", "Help", "report"),
    ActionInfo("about", "About Harmonium Studio", "Version and licence.", "Help", "about"),
)


def action(key: str) -> ActionInfo:
    """Return the row called `key`."""
    return next(info for info in ACTIONS if info.id == key)
