"""Ways through a code space: paths from picture to picture, and mixtures of several."""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch
from torch import Tensor

from studio.dream.walk import Walk
from studio.errors import SettingsError

PARALLEL = 1e-4  # sine of the angle below which an arc is a straight line, or is not determined


def path(codes: Tensor, walk: Walk) -> Tensor:
    """Return the codes (frames, code) on the way through codes (n, code), each of which is one of them."""
    count = len(codes)
    if count < 2:
        raise SettingsError("A way leads from one picture to another.", "Give two pictures or more.")
    if walk.frames < count:
        raise SettingsError(
            f"{walk.frames} frames cannot show all of {count} pictures.", f"Choose {count} frames or more."
        )
    ways = count if walk.loop else count - 1
    last = walk.frames if walk.loop else walk.frames - 1
    at = [round(number * last / ways) for number in range(ways + 1)]
    parts = []
    for number in range(ways):
        shares = torch.arange(at[number + 1] - at[number], dtype=codes.dtype, device=codes.device)
        end = codes[(number + 1) % count]
        parts.append(between(codes[number], end, shares / len(shares), walk.spherical))
    if not walk.loop:
        parts.append(codes[-1:])
    return torch.cat(parts)


def along(codes: Tensor, share: float, loop: bool = False, spherical: bool = False) -> Tensor:
    """Return the code (1, code) at this share, 0 to 1, of the way through codes (n, code): each leg is as long."""
    legs = len(codes) if loop else len(codes) - 1
    if legs < 1:
        return codes[:1]
    place = min(1.0, max(0.0, share)) * legs
    leg = min(int(place), legs - 1)
    rest = torch.tensor([place - leg], dtype=codes.dtype, device=codes.device)
    return between(codes[leg], codes[(leg + 1) % len(codes)], rest, spherical)


def between(begin: Tensor, end: Tensor, shares: Tensor, spherical: bool = False) -> Tensor:
    """Return the codes (n, code) at these shares (n,) of the way between two codes (code,)."""
    across = shares[:, None]
    if spherical:
        lengths = float(torch.linalg.vector_norm(begin)) * float(torch.linalg.vector_norm(end))
        cosine = float(begin @ end) / lengths if lengths > 0 else 1.0
        angle = math.acos(min(1.0, max(-1.0, cosine)))
        if math.sin(angle) > PARALLEL:
            whole = torch.sin(torch.full_like(across, angle))
            # Weights first: at share 0 they are 1 and 0 exactly on every processor, and (w b) / w is not always b.
            return torch.sin((1 - across) * angle) / whole * begin + torch.sin(across * angle) / whole * end
    return torch.lerp(begin.expand(len(shares), -1), end.expand(len(shares), -1), across)


def mixture(codes: Tensor, weights: Sequence[float]) -> Tensor:
    """Return the weighted mean (1, code) of codes (n, code); weights are taken as shares of their sum."""
    if len(weights) != len(codes):
        raise SettingsError(f"{len(weights)} weights do not fit {len(codes)} pictures.", "Give one for each picture.")
    if not all(math.isfinite(weight) and weight >= 0 for weight in weights) or not sum(weights) > 0:
        raise SettingsError(
            "Weights are shares of a whole: none is below 0, and not all are 0.", "Choose for example 0.5,0.3,0.2."
        )
    given = torch.tensor(weights, dtype=torch.float64)
    shares = (given / given.sum()).to(codes.dtype).to(codes.device)
    return shares[None] @ codes
