"""Whether there are pictures enough for a model of whole pictures to learn from; no torch here."""

from __future__ import annotations

from studio.data.imageset import ImageSet
from studio.errors import SettingsError

FEWEST = 2


def require_enough(images: ImageSet) -> None:
    """Raise SettingsError when fewer than two pictures, or patches of them, are left to learn from."""
    left = len(images.training())
    if left >= FEWEST:
        return
    cut = images.preprocess.patches > 0
    more = "Cut more patches (patches)" if cut else "Add more pictures, or cut patches (patches)"
    if len(images) > left:
        raise SettingsError(
            f"{len(images) - left:,} of {len(images):,} {'patches' if cut else 'pictures'} are held out, "
            f"which leaves {left} to learn from.",
            f"{more}, or hold out fewer (held_out).",
        )
    raise SettingsError(f"One {'patch' if cut else 'picture'} is not enough to train this model.", f"{more}.")
