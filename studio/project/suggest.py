"""Which preset suits pictures that were just dropped."""

from __future__ import annotations

from studio.data.peek import Peek

SMALL = 40
FEW = 3


def suggest(seen: Peek) -> str:
    """Return the name of the preset to begin with; the user may choose any other."""
    if seen.side <= SMALL and not seen.colour:
        return "digits-rbm"
    if seen.pictures <= FEW:
        return "texture-rbm"
    return "art-rbm" if seen.colour else "faces-rbm"
