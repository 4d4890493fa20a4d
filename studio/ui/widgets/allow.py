"""What is grey says why."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

OWN_TIP, REASON = "own_tip", "reason"


def allow(widget: QWidget, reason: str) -> None:
    """Enable a widget, or grey it and let its tip say why, in place of what it does."""
    widget.setEnabled(not reason)
    if reason == (widget.property(REASON) or ""):
        return
    for part in (widget, *widget.findChildren(QWidget)):
        if part.property(REASON) is None:
            part.setProperty(OWN_TIP, part.toolTip())
        part.setProperty(REASON, reason or None)
        part.setToolTip(reason or part.property(OWN_TIP) or "")
