"""Where things live: bundled resources and the per-user folders."""

from __future__ import annotations

from pathlib import Path

import platformdirs

APP = "harmonium-studio"


def resources() -> Path:
    """Return the folder of bundled resources, in a checkout or in an installed wheel."""
    here = Path(__file__).resolve().parent
    inside = here / "resources"
    return inside if inside.is_dir() else here.parent / "resources"


def manual() -> Path:
    """Return the folder of the manual's pages, in a checkout or in an installed wheel; its pictures lie beside it."""
    here = Path(__file__).resolve().parent
    inside = here / "docs" / "manual"
    return inside if inside.is_dir() else here.parent / "docs" / "manual"


def user_data() -> Path:
    return Path(platformdirs.user_data_dir(APP, appauthor=False))


def stores() -> Path:
    """Return the folder of pictures that are read from disk; what is in it can be built anew."""
    return Path(platformdirs.user_cache_dir(APP, appauthor=False)) / "pictures"


def recovery() -> Path:
    """Return the folder where unsaved work is noted for the next start."""
    return user_data() / "recovery"


def reports() -> Path:
    """Return the folder where crashes are written down."""
    return user_data() / "reports"
