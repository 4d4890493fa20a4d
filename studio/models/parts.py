"""What of a model can be played apart: its layers or, where it has several scales, each of these. No torch here."""

from __future__ import annotations

from dataclasses import dataclass

from studio.models.spec import CodeSpec, ConvSpec, ModelSpec, TiledSpec

NOT_DREAMT = "The encoder only looks at pictures and does not draw: play the hidden units."
NO_UNITS = "An autoencoder by itself has no hidden units: there is nothing to mix."


@dataclass(frozen=True, slots=True)
class Part:
    """`count` filters or hidden units from number `first` of all; `reason` says why they cannot be played, if so."""

    name: str
    first: int
    count: int
    reason: str = ""

    @property
    def units(self) -> range:
        return range(self.first, self.first + self.count)


def parts_of(spec: ModelSpec) -> tuple[Part, ...]:
    """Return the parts of a model, in the order in which its filters are counted."""
    if isinstance(spec, CodeSpec):
        filters = spec.widths[0] if spec.widths else spec.code
        encoder = Part("encoder", 0, filters, NOT_DREAMT if spec.hidden else NO_UNITS)
        return (encoder, Part("hidden", filters, spec.hidden)) if spec.hidden else (encoder,)
    if isinstance(spec, ConvSpec):
        counts = [layer.filters for layer in spec.layers]
        names = [f"layer {number}" for number in range(1, len(counts) + 1)] if spec.deeper else ["maps"]
    elif isinstance(spec, TiledSpec):
        counts = [spec.hidden // spec.levels] * spec.levels
        names = [f"at 1:{1 << level}" for level in range(spec.levels)] if spec.levels > 1 else ["tiles"]
    else:
        counts, names = [spec.hidden], ["hidden"]
    firsts = [sum(counts[:number]) for number in range(len(counts))]
    return tuple(Part(*named) for named in zip(names, firsts, counts, strict=True))


def played(parts: tuple[Part, ...]) -> tuple[Part, ...]:
    """Return the parts that take part in a dream."""
    return tuple(part for part in parts if not part.reason)
