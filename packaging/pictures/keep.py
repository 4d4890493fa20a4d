"""Where the pictures go, and how small they are kept."""

from __future__ import annotations

from pathlib import Path

from PIL import Image

from studio.errors import StudioError

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "pictures"
MOST_BYTES = 6_000_000
HEAVY = 100_000  # bytes of one picture


def keep(picture: Image.Image, name: str) -> None:
    """Save a picture as PNG, grey where it has no colour, of 256 colours where it would be heavy."""
    path = FOLDER / f"{name}.png"
    path.parent.mkdir(parents=True, exist_ok=True)
    flat = picture.convert("RGB")
    red, green, blue = flat.split()
    grey = red.tobytes() == green.tobytes() == blue.tobytes()
    kept = red if grey else flat
    kept.save(path, optimize=True)
    if not grey and path.stat().st_size > HEAVY:
        kept = flat.quantize(256, Image.Quantize.MEDIANCUT, dither=Image.Dither.FLOYDSTEINBERG)
        kept.save(path, optimize=True)
    print(f"{path.stat().st_size / 1000:6.0f} kB {path.name}", flush=True)


def check_size() -> None:
    """Refuse pictures that would weigh down every copy of the repository."""
    total = sum(path.stat().st_size for path in FOLDER.glob("*.png"))
    print(f"{total / 1000:6.0f} kB together")
    if total > MOST_BYTES:
        raise StudioError(f"The pictures hold {total:,} bytes.", f"Keep them under {MOST_BYTES:,}.")
