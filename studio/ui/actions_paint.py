"""The actions of brushes."""

from __future__ import annotations

from studio.ui import conditions
from studio.ui.action_info import ActionInfo


def painting(key: str, text: str, tip: str, handler: str, shortcut: str, group: int = 0) -> ActionInfo:
    """Return an action that needs a canvas to paint on."""
    return ActionInfo(key, text, tip, "Paint", handler, shortcut, group, enabled=conditions.can_dream)


PAINT: tuple[ActionInfo, ...] = (
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
    painting("stamp", "Stamp the filter", "Lay down the chosen filter with the brush.", "take_stamp", "Shift+S"),
    painting("clear_painting", "Clear", "Take back all that was painted.", "clear_painting", "Shift+Backspace", 1),
)
