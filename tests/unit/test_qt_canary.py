"""PySide6 has shipped releases that lose references of True and None with each signal, until Python aborts."""

from __future__ import annotations

import sys

from PySide6.QtCore import QObject, Signal, Slot

EMITS = 50_000
NOISE = 500  # references that come and go with the interpreter's own work


class Bell(QObject):
    rang = Signal(object)
    switched = Signal(bool)


class Ear(QObject):
    def __init__(self) -> None:
        super().__init__()
        self.heard = 0

    @Slot(object)
    def hear(self, _value: object) -> None:
        self.heard += 1

    @Slot(bool)
    def see(self, _value: bool) -> None:
        self.heard += 1


def test_signals_keep_the_references_of_true_and_none() -> None:
    bell, ear = Bell(), Ear()
    bell.rang.connect(ear.hear)
    bell.switched.connect(ear.see)
    before = sys.getrefcount(True), sys.getrefcount(None)
    for _ in range(EMITS // 2):
        bell.rang.emit(None)
        bell.switched.emit(True)
    after = sys.getrefcount(True), sys.getrefcount(None)
    assert ear.heard == EMITS
    assert all(abs(late - early) < NOISE for early, late in zip(before, after, strict=True)), (before, after)
