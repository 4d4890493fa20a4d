"""The actions of what is seen, and of help."""

from __future__ import annotations

from studio.ui import conditions
from studio.ui.action_info import ActionInfo

VIEW: tuple[ActionInfo, ...] = (
    ActionInfo(
        "gallery",
        "Gallery...",
        "Fill a screen with the pictures at hand: visitors cover a part and watch it heal.",
        "View",
        "open_gallery",
        "F9",
        2,
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
        reason=conditions.model_reason,
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
    ActionInfo("manual", "Manual", "The manual, with a search through all of it.", "Help", "manual", "Shift+F1"),
    ActionInfo("tour", "Tour", "Five steps through the window, from pictures to a dream.", "Help", "tour"),
    ActionInfo("keys", "Keys...", "Choose the keys of every action.", "Help", "edit_keys", "Ctrl+Alt+K"),
    ActionInfo(
        "help", "Shortcuts and help", "Every action and its keys on one sheet.", "Help", "help", "F1", 0, "help"
    ),
    ActionInfo("report", "Report...", "Versions, devices and the log, to copy into a message.", "Help", "report"),
    ActionInfo("about", "About Harmonium Studio", "Version and licence.", "Help", "about"),
)
