"""Every action of the window in one table: menus, shortcuts, tool tips and the help sheet are made from it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from studio.ui import conditions

if TYPE_CHECKING:
    from studio.session.session import Session

MENUS = ("Project", "Edit", "Training", "Dream", "Paint", "View", "Help")


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

    def full_tip(self, keys: str) -> str:
        """The tip, and the keys that lead there."""
        return f"{self.tip} ({keys})" if keys else self.tip

    def tip_now(self, session: Session, keys: str) -> str:
        """The tip with its keys, and why the action is disabled where there is something to say."""
        return " ".join(filter(None, (self.full_tip(keys), self.reason(session))))


def painting(key: str, text: str, tip: str, handler: str, shortcut: str, group: int = 0) -> ActionInfo:
    """Return an action that needs a canvas to paint on."""
    return ActionInfo(key, text, tip, "Paint", handler, shortcut, group, enabled=conditions.can_dream)


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
        "history",
        "History...",
        "See all that was changed, and go back or forth by several steps.",
        "Edit",
        "show_history",
        "Ctrl+Shift+H",
        1,
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
        "time_lapse",
        "Time-lapse...",
        "Move along the training: filters and a dream at steps that were kept.",
        "Training",
        "time_lapse",
        "Ctrl+T",
        3,
        enabled=conditions.can_look_back,
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
        "keep_snapshot",
        "Keep a snapshot",
        "Keep this moment of the dream, to go back to.",
        "Dream",
        "keep_snapshot",
        "S",
        1,
        enabled=conditions.can_dream,
    ),
    ActionInfo(
        "go_back",
        "Back to the last snapshot",
        "Go back to the moment that was kept last, with its settings, and play on from there.",
        "Dream",
        "go_back",
        "Backspace",
        1,
        enabled=conditions.can_go_back,
    ),
    ActionInfo(
        "compare",
        "Compare with a snapshot",
        "Show a snapshot and the dream parted by a line, or the dream alone again.",
        "Dream",
        "compare",
        "C",
        1,
        enabled=conditions.can_go_back,
    ),
    ActionInfo(
        "reset_mixer",
        "Reset the mixer",
        "Mute, hold and turn no filter and no layer any more; groups stay.",
        "Dream",
        "reset_mixer",
        "Shift+M",
        1,
        enabled=conditions.can_dream,
    ),
    ActionInfo(
        "reset_model",
        "Play the model as it was learned",
        "Take away every glitch, transplant and fade of the model on the canvas.",
        "Dream",
        "reset_model",
        "Shift+U",
        1,
        enabled=conditions.is_altered,
    ),
    ActionInfo(
        "keep_model",
        "Keep the altered model",
        "Let the model on the canvas be the project's own, until it is undone or training begins.",
        "Dream",
        "keep_model",
        group=1,
        enabled=conditions.can_keep_altered,
    ),
    ActionInfo(
        "export_dream",
        "Export dream...",
        "Save a picture, copies, an animation, sprites or maps, with the recipe.",
        "Dream",
        "export_dream",
        "Ctrl+Shift+E",
        2,
        "export",
        conditions.can_dream,
    ),
    ActionInfo(
        "batch",
        "Dream a batch...",
        "Dream many seeds and temperatures into files or onto a contact sheet.",
        "Dream",
        "dream_batch",
        "Ctrl+Shift+B",
        1,
        enabled=conditions.can_dream,
    ),
    ActionInfo(
        "copy_picture",
        "Copy picture",
        "Copy the dream as it stands to the clipboard.",
        "Dream",
        "copy_picture",
        "Ctrl+C",
        1,
        enabled=conditions.can_dream,
    ),
    ActionInfo(
        "copy_command",
        "Copy as command",
        "Copy the command line that draws this dream again.",
        "Dream",
        "copy_command",
        "Ctrl+Shift+C",
        2,
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
        3,
        enabled=conditions.can_tile,
    ),
    ActionInfo(
        "borders",
        "Lines between copies",
        "Draw a faint line where one copy ends and the next begins, or none.",
        "Dream",
        "toggle_borders",
        "Shift+W",
        3,
        enabled=conditions.can_tile,
    ),
    ActionInfo(
        "shift",
        "Offset view",
        "Shift the dream by half its size, so that its outer edges meet in the middle.",
        "Dream",
        "toggle_shift",
        "O",
        3,
        enabled=conditions.can_tile,
    ),
    ActionInfo(
        "brush",
        "Brush",
        "Paint holes, or what is held; again, to put it away.",
        "Paint",
        "take_brush",
        "B",
        enabled=conditions.can_dream,
    ),
    ActionInfo(
        "eraser",
        "Eraser",
        "Bring back what was there before anything was painted.",
        "Paint",
        "take_eraser",
        "E",
        enabled=conditions.can_dream,
    ),
    ActionInfo(
        "rectangle",
        "Rectangle",
        "Paint a rectangle from corner to corner.",
        "Paint",
        "take_rectangle",
        "Shift+R",
        enabled=conditions.can_dream,
    ),
    ActionInfo(
        "ellipse",
        "Ellipse",
        "Paint an ellipse from corner to corner.",
        "Paint",
        "take_ellipse",
        "Shift+E",
        enabled=conditions.can_dream,
    ),
    ActionInfo(
        "lasso",
        "Lasso",
        "Paint what a closed line goes around.",
        "Paint",
        "take_lasso",
        "Shift+L",
        enabled=conditions.can_dream,
    ),
    ActionInfo(
        "smaller",
        "Smaller brush",
        "Make the brush smaller.",
        "Paint",
        "smaller_brush",
        "[",
        enabled=conditions.can_dream,
    ),
    ActionInfo(
        "larger", "Larger brush", "Make the brush larger.", "Paint", "larger_brush", "]", enabled=conditions.can_dream
    ),
    ActionInfo(
        "swap",
        "Swap brush and eraser",
        "Turn the brush round.",
        "Paint",
        "swap_brush",
        "X",
        enabled=conditions.can_dream,
    ),
    ActionInfo(
        "pick",
        "Pick a colour",
        "Hold the colour of the canvas that is pressed next.",
        "Paint",
        "pick_colour",
        "I",
        enabled=conditions.can_dream,
    ),
    painting("clear_painting", "Clear", "Take back all that was painted.", "clear_painting", "Shift+Backspace", 1),
    ActionInfo(
        "gallery",
        "Gallery...",
        "Fill a screen with the pictures at hand: visitors cover a part and watch it heal.",
        "View",
        "open_gallery",
        "F9",
        2,
        enabled=conditions.can_exhibit,
        reason=conditions.exhibit_reason,
    ),
    ActionInfo(
        "evaluate",
        "Evaluate...",
        "How good the model is: likelihood, overfitting, similarity, filters, in figures and in words.",
        "View",
        "evaluate",
        "Ctrl+E",
        2,
        enabled=conditions.has_model,
    ),
    ActionInfo("train_space", "Train workspace", "Everything at once.", "View", "show_train", "Alt+1"),
    ActionInfo("inspect_space", "Inspect workspace", "Filters large, curves below.", "View", "show_inspect", "Alt+2"),
    ActionInfo("dream_space", "Dream workspace", "The canvas large, filters beside it.", "View", "show_dream", "Alt+3"),
    ActionInfo("fill_space", "Fill workspace", "Paint holes and watch them heal.", "View", "show_fill", "Alt+4"),
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
        "palette",
        "Command palette...",
        "Find any command by a few of its letters.",
        "Help",
        "open_palette",
        "Ctrl+Shift+P",
    ),
    ActionInfo("keys", "Keys...", "Choose the keys of every action.", "Help", "edit_keys", "Ctrl+Alt+K"),
    ActionInfo(
        "help", "Shortcuts and help", "Every action and its keys on one sheet.", "Help", "help", "F1", 0, "help"
    ),
    ActionInfo("report", "Report...", "Versions, devices and the log, to copy into a message.", "Help", "report"),
    ActionInfo("about", "About Harmonium Studio", "Version and licence.", "Help", "about"),
)


def action(key: str) -> ActionInfo:
    """Return the row called `key`."""
    return next(info for info in ACTIONS if info.id == key)
