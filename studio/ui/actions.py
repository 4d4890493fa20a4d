"""Every action of the window in one table: menus, shortcuts, tool tips and the help sheet are made from it."""

from __future__ import annotations

from studio.ui.action_info import ActionInfo
from studio.ui.actions_dream import DREAM
from studio.ui.actions_paint import PAINT
from studio.ui.actions_project import PROJECT
from studio.ui.actions_view import VIEW

MENUS = ("Project", "Edit", "Training", "Dream", "Paint", "View", "Help")

ACTIONS = (*PROJECT, *DREAM, *PAINT, *VIEW)


def action(key: str) -> ActionInfo:
    """Return the row called `key`."""
    return next(info for info in ACTIONS if info.id == key)
