"""What the window knows of one action."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from studio.ui import conditions

if TYPE_CHECKING:
    from studio.session.session import Session


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
    reason: Callable[[Session], str] = conditions.nothing  # why it is grey, and what to do; empty where it is not

    def full_tip(self, keys: str) -> str:
        """The tip, and the keys that lead there."""
        return f"{self.tip} ({keys})" if keys else self.tip

    def tip_now(self, session: Session, keys: str) -> str:
        """The tip with its keys, and why the action is grey where it is."""
        return " ".join(filter(None, (self.full_tip(keys), self.reason(session))))
