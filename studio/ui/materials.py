"""What the materials of the model at hand are called."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from studio.session.session import Session


def materials(session: Session) -> tuple[str, ...]:
    """Return a name for each material, after its picture where that is known; empty for a model of one."""
    count, images, paths = session.textures, session.dataset, session.recipe.data.paths
    if count < 2:
        return ()
    if images is not None and images.origins is not None and len(images.exemplars) == count:
        names = dict(zip(images.origins.tolist(), images.names, strict=True))
        if len(names) == count:
            return tuple(Path(names[index]).stem for index in range(count))
    if len(paths) == count:
        return tuple(Path(path).stem for path in paths)
    return tuple(f"material {number}" for number in range(1, count + 1))
