"""Which preset suits pictures that were just dropped."""

from __future__ import annotations

from studio.data.peek import Peek

SMALL = 40
FEW = 3
LARGE = 128  # pixels: smaller pictures hold too few crops of a texture


def suggest(seen: Peek) -> str:
    """Return the name of the preset to begin with; the user may choose any other."""
    if seen.side <= SMALL and not seen.colour:
        return "digits-rbm"
    if seen.pictures <= FEW and seen.side >= LARGE:
        return "texture-colour" if seen.colour else "texture-fast"
    if seen.pictures <= FEW:
        return "texture-rbm"
    return "art-ae-rbm" if seen.colour else "faces-rbm"
