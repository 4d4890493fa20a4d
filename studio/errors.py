"""Errors a person reads: one sentence that names the thing, and what to do."""

from __future__ import annotations


class StudioError(Exception):
    """Something the user can act on; `hint` says how."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message, hint)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".strip()


class DataError(StudioError):
    """Pictures that cannot be read or used."""


class NothingReadError(DataError):
    """Files of which none can be read, however pictures are prepared."""


class SettingsError(StudioError):
    """A recipe, preset or option that does not hold together."""


class DeviceError(StudioError):
    """A device that is missing, broken or out of memory."""


class OutOfMemoryError(DeviceError):
    """A device without enough memory for what was asked of it."""


class DivergedError(StudioError):
    """Training left the finite numbers; the last good weights are kept."""


class ProjectError(StudioError):
    """A project file that cannot be read or written."""


class Cancelled(Exception):
    """Raised inside a long piece of work after its asker cancelled it."""


class LostProcessError(StudioError):
    """Another of the processes that train one model has ended."""
