"""The actions of brushes."""

from __future__ import annotations

from studio.ui import conditions
from studio.ui.action_info import ActionInfo

PAINT: tuple[ActionInfo, ...] = (
    ActionInfo(
        "brush",
        "Brush",
        "Paint holes, or what is held; again, to put it away.",
        "Paint",
        "take_brush",
        "B",
        reason=conditions.dream_reason,
    ),
    ActionInfo(
        "eraser",
        "Eraser",
        "Bring back what was there before anything was painted.",
        "Paint",
        "take_eraser",
        "E",
        reason=conditions.dream_reason,
    ),
    ActionInfo(
        "rectangle",
        "Rectangle",
        "Paint a rectangle from corner to corner.",
        "Paint",
        "take_rectangle",
        "Shift+R",
        reason=conditions.dream_reason,
    ),
    ActionInfo(
        "ellipse",
        "Ellipse",
        "Paint an ellipse from corner to corner.",
        "Paint",
        "take_ellipse",
        "Shift+E",
        reason=conditions.dream_reason,
    ),
    ActionInfo(
        "lasso",
        "Lasso",
        "Paint what a closed line goes around.",
        "Paint",
        "take_lasso",
        "Shift+L",
        reason=conditions.dream_reason,
    ),
    ActionInfo(
        "smaller",
        "Smaller brush",
        "Make the brush smaller.",
        "Paint",
        "smaller_brush",
        "[",
        reason=conditions.dream_reason,
    ),
    ActionInfo(
        "larger", "Larger brush", "Make the brush larger.", "Paint", "larger_brush", "]", reason=conditions.dream_reason
    ),
    ActionInfo(
        "swap",
        "Swap brush and eraser",
        "Turn the brush round.",
        "Paint",
        "swap_brush",
        "X",
        reason=conditions.dream_reason,
    ),
    ActionInfo(
        "pick",
        "Pick a colour",
        "Hold the colour of the canvas that is pressed next.",
        "Paint",
        "pick_colour",
        "I",
        reason=conditions.dream_reason,
    ),
    ActionInfo(
        "stamp",
        "Stamp the filter",
        "Lay down the chosen filter with the brush.",
        "Paint",
        "take_stamp",
        "Shift+S",
        reason=conditions.dream_reason,
    ),
    ActionInfo(
        "clear_painting",
        "Clear",
        "Take back all that was painted.",
        "Paint",
        "clear_painting",
        "Shift+Backspace",
        1,
        reason=conditions.clear_reason,
    ),
)
