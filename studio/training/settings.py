"""How a model learns: the frozen half of a run that the recipe keeps."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import accumulate

from studio.errors import SettingsError


class Rule(StrEnum):
    """CD restarts its chain at the data each step; PCD keeps its chains.

    FPCD drives kept chains with fast weights beside the model's own; PT keeps
    chains at several temperatures and lets neighbours swap.
    """

    CD = "cd"
    PCD = "pcd"
    FPCD = "fpcd"
    PT = "pt"


# Updates of textures and the like, after which one chain in turn begins anew: 24 grow about 200 sweeps old.
RENEW_EVERY = 8
ROLL_EVERY = 2  # updates of textures after which one chain in turn goes on elsewhere on its torus
PLAIN_RULES = (Rule.CD, Rule.PCD)  # all that convolutional models, RBMs over codes and several processes learn by


class Decay(StrEnum):
    """LINEAR holds the rate for half of the planned length, then falls linearly to zero at its end.

    INVERSE divides it by 1 + t/100 after t hundred pictures, whatever the length (Lee et al. 2009).
    """

    CONSTANT = "constant"
    LINEAR = "linear"
    INVERSE = "inverse"


class Optimiser(StrEnum):
    """PLAIN steps along the gradient with momentum; ADAM scales each parameter's step by its own gradients."""

    PLAIN = "plain"
    ADAM = "adam"


class Precision(StrEnum):
    """FULL computes in float32; FAST rounds factors of products to bfloat16 where the processor has units for it."""

    FULL = "full"
    FAST = "fast"


@dataclass(frozen=True, slots=True)
class TrainSettings:
    """A run's whole schedule.

    Its length is the first of `steps`, `seconds`, `epochs` that is not zero.
    `planned_steps` is the length a decaying rate is laid over; 0 derives it
    (known from steps or epochs, estimated for seconds after measuring). A timed
    run stores what it did in `steps` and `planned_steps`, so that it can be repeated.
    A run of several stages shares its length out, or, while they add up
    to `steps`, in `stage_steps`, which is what such a run stores; stages that are
    not in it are not run, and the planned length is that of the last.
    `weight_l1` shrinks weights to exact zeros, `max_norm` is the largest norm of a
    filter; both are off at 0. With PT there are `chains` at each of `temperatures`
    from 1 to `hottest`.
    """

    rule: Rule = Rule.PCD
    gibbs_steps: int = 1
    batch: int = 100
    chains: int = 100
    epochs: float = 20.0
    steps: int = 0
    seconds: float = 0.0
    planned_steps: int = 0
    learning_rate: float = 0.05
    decay: Decay = Decay.LINEAR
    momentum: float = 0.0
    weight_decay: float = 1e-4
    centred: bool = True
    sparsity_cost: float = 0.0
    sparsity_target: float = 0.1
    gradient_limit: float = 0.0
    weight_l1: float = 0.0
    max_norm: float = 0.0
    temperatures: int = 10
    hottest: float = 2.0
    seed: int = 0
    threads: int = 2
    optimiser: Optimiser = Optimiser.PLAIN
    precision: Precision = Precision.FULL
    stage_steps: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        kinds = (("rule", Rule), ("decay", Decay), ("optimiser", Optimiser), ("precision", Precision))
        for name, kind in kinds:
            value = getattr(self, name)
            try:
                object.__setattr__(self, name, kind(value))
            except ValueError:
                raise SettingsError(f"{name} cannot be {value!r}.", f"Choose one of {', '.join(kind)}.") from None
        for name, low, high in LIMITS:
            value = getattr(self, name)
            if not low <= value <= high:
                raise SettingsError(f"{name} cannot be {value}.", f"Choose {low:g} to {high:g}.")
        try:
            object.__setattr__(self, "stage_steps", tuple(int(steps) for steps in self.stage_steps))  # may be typed
        except ValueError:
            raise SettingsError(
                f"stage_steps cannot be {','.join(map(str, self.stage_steps))!r}.",
                "Give the steps of each stage as whole numbers with commas between.",
            ) from None
        if sum(self.stage_steps) != self.steps or any(steps < 1 for steps in self.stage_steps):
            object.__setattr__(self, "stage_steps", ())
        if not (self.steps or self.seconds or self.epochs):
            raise SettingsError("A run without length cannot start.", "Give epochs, steps or seconds.")

    @property
    def chains_in_all(self) -> int:
        """How many chains are kept, at whatever temperature."""
        return self.chains * self.temperatures if self.rule is Rule.PT else self.chains


LIMITS: tuple[tuple[str, float, float], ...] = (
    ("gibbs_steps", 1, 1000),
    ("batch", 1, 100_000),
    ("chains", 1, 100_000),
    ("epochs", 0, 1_000_000),
    ("steps", 0, 10**12),
    ("seconds", 0, 10**7),
    ("planned_steps", 0, 10**12),
    ("learning_rate", 0, 10),
    ("momentum", 0, 0.999),
    ("weight_decay", 0, 1),
    ("sparsity_cost", 0, 100),
    ("sparsity_target", 0.0001, 0.9),
    ("gradient_limit", 0, 1e6),
    ("weight_l1", 0, 1),
    ("max_norm", 0, 1e4),
    ("temperatures", 2, 100),
    ("hottest", 1.01, 1000),
    ("seed", 0, 2**63 - 1),
    ("threads", 1, 1024),
)


def shared_out(
    settings: TrainSettings, stages: int, shares: Sequence[float] | None = None
) -> tuple[TrainSettings, ...]:
    """Return the settings of each stage of a run that has this many, in order; evenly, or by these shares.

    Their steps add up to the run's, but no stage has none: of fewer steps than stages each takes one.
    """
    if stages == 1:
        return (settings,)
    if settings.stage_steps:
        stages = len(settings.stage_steps)
    if shares is None:
        shares = (1 / stages,) * stages
    every = zip(parts_of(settings.steps, shares), parts_of(settings.planned_steps, shares), shares, strict=True)
    each = [
        dataclasses.replace(
            settings,
            steps=steps,
            planned_steps=planned,
            seconds=settings.seconds * share,
            epochs=settings.epochs * share,
        )
        for steps, planned, share in every
    ][:stages]
    if not settings.stage_steps:
        return tuple(each)
    planned = (*(0,) * (stages - 1), settings.planned_steps)
    return tuple(
        dataclasses.replace(part, steps=steps, planned_steps=plan)
        for part, steps, plan in zip(each, settings.stage_steps, planned, strict=True)
    )


def parts_of(steps: int, shares: Sequence[float]) -> list[int]:
    """Return whole parts of so many steps by these shares of them all, which add up where each can have one."""
    if steps == 0:
        return [0] * len(shares)
    found: list[int] = []
    for place, share in enumerate(accumulate(shares), 1):
        most = steps - sum(found) - (len(shares) - place)  # one is left for each of those to come
        found.append(max(1, min(most, round(steps * share) - sum(found))))
    return found


def length_chosen(before: TrainSettings, after: TrainSettings) -> TrainSettings:
    """Return `after` with the length that was changed in force: a finished run's recorded steps would hide it."""
    if after.steps != before.steps:
        return after
    if after.seconds != before.seconds:
        return dataclasses.replace(after, steps=0, planned_steps=0)
    if after.epochs != before.epochs:
        return dataclasses.replace(after, steps=0, planned_steps=0, seconds=0.0)
    return after
