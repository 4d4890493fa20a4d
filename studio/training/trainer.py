"""One training step: a batch, a direction, an update. Knows rules and parameters, never a model family."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from studio.data.crop_batches import BatchSource
from studio.errors import DivergedError
from studio.jobs.control import LiveSettings
from studio.models.noise import Noise
from studio.models.products import products
from studio.training.adam import Adam, Move
from studio.training.penalties import hold_back
from studio.training.precision import is_fast
from studio.training.recorded_terms import RecordedTerms
from studio.training.rules import LearningRule
from studio.training.schedule import learning_rate
from studio.training.settings import Optimiser, TrainSettings
from studio.training.terms import Dense, Term

CHECK_EVERY = 25
LARGEST = 1e4  # no picture needs a parameter near this; what grows past it is on its way to infinity
GROWTH, FLOOR = 8.0, 20.0  # between two checks; the free energy grows as the parameters do, and theirs is explosion
FEW = 100  # units; against the sum over the pixels of a large picture a bias weighs thousands, and nothing runs away
TRUSTED = 4.0  # how much larger the latest good parameters may be than older ones, to be gone back to
OLDER_EVERY = 8  # checks
COLLAPSED, OPEN = -4.5, -4.0  # mean log-variance: at the least the rules allow, and well above it
WEIGHTS = ("weights", ".weight")  # how those of an RBM's kin end, and those of a network's layers
WARM_MOMENTUM = 0.5  # until the first epoch is over (Hinton 2010, section 9)


@dataclass(frozen=True, slots=True, eq=False)
class Snapshot:
    """Parameters and what the rule keeps, as they were at a check, and the largest parameter."""

    parameters: Mapping[str, Tensor]
    rule: Mapping[str, NDArray[Any]]
    largest: float


class Trainer:
    """Parameters, their rule, velocity and feed of batches; `step` takes one update."""

    def __init__(
        self,
        parameters: Mapping[str, Tensor],
        rule: LearningRule,
        settings: TrainSettings,
        batches: BatchSource,
        noise: Noise,
    ) -> None:
        self.parameters = parameters
        self.rule = rule
        self.settings = settings
        self.batches = batches
        self.noise = noise
        self.fast = is_fast(settings, noise)
        self.live = LiveSettings()
        self.steps = 0
        self.planned_steps = settings.planned_steps
        self.velocity: dict[str, Tensor] = {}
        self.adam = Adam() if settings.optimiser is Optimiser.ADAM else None
        self.recorded = RecordedTerms()
        self.earlier_steps = 0  # of runs before, whose chains this one goes on with
        self.rate_factor = 1.0  # below 1 once a run has been brought back from running away
        self._good: Snapshot | None = None  # until the first step: stages before this one may share its parameters
        self._older: Snapshot | None = None
        self._checks = 0

    @property
    def learning_rate(self) -> float:
        """The rate of the next step: the live slider's, or the schedule's, lowered where it ran away before."""
        if self.live.learning_rate is not None:
            return self.live.learning_rate
        return self.rate_factor * learning_rate(self.settings, self.steps, self.planned_steps)

    @property
    def momentum(self) -> float:
        wanted = self.settings.momentum if self.live.momentum is None else self.live.momentum
        return min(wanted, WARM_MOMENTUM) if self.batches.epoch < 1 else wanted

    @property
    def sparsity_cost(self) -> float:
        return self.settings.sparsity_cost if self.live.sparsity_cost is None else self.live.sparsity_cost

    @torch.no_grad()
    def step(self) -> None:
        """Take one update; raises DivergedError, with the last good weights put back, when they run away."""
        self._begin()
        settings = self.settings
        if self.sparsity_cost != settings.sparsity_cost:
            settings = dataclasses.replace(settings, sparsity_cost=self.sparsity_cost)
        pictures = brought(self.batches.next(), self.noise.device)
        with products(self.fast):
            terms = self.recorded.terms(self.rule, pictures, settings, self.noise)
            if self.adam is None:
                self._move(terms, settings)
            else:
                self._move_by(self.adam, terms, settings)
        if settings.weight_l1 > 0 or settings.max_norm > 0:
            for name in terms:
                if name.endswith("weights"):
                    hold_back(self.parameters[name], settings, self.learning_rate * self.rule.rate_of(name))
        self.rule.constrain()
        self.steps += 1
        if self.steps % CHECK_EVERY == 0:
            self.check()

    def _move(self, terms: Mapping[str, Term], settings: TrainSettings) -> None:
        """Step along the gradient, with momentum."""
        rate, momentum, limit = self.learning_rate, self.momentum, self._limit(terms)
        for name, term in terms.items():
            target = self.parameters[name]
            share = rate * self.rule.rate_of(name)
            keep = 1 - share * settings.weight_decay if name.endswith("weights") else 1.0
            if momentum == 0 and name not in self.velocity:
                term.add_to(target, keep, share * limit)
                continue
            if name not in self.velocity:
                self.velocity[name] = torch.zeros_like(target)
            velocity = self.velocity[name]
            term.add_to(velocity, momentum, share * limit)
            torch.add(velocity, target, alpha=keep, out=target)

    def _move_by(self, adam: Adam, terms: Mapping[str, Term], settings: TrainSettings) -> None:
        """Step by Adam; the decay of the weights is a part of their gradient."""
        rate, limit = self.learning_rate, self._limit(terms)
        moves = []
        for name, term in terms.items():
            target = self.parameters[name]
            decay = settings.weight_decay if name.endswith("weights") else 0.0
            if isinstance(term, Dense) and decay == 0 and limit == 1:
                gradient = term.value
            else:
                gradient = target * -decay
                term.add_to(gradient, 1.0, limit)
            moves.append(Move(name, target, gradient, rate * self.rule.rate_of(name)))
        adam.add_each(moves)

    def _limit(self, terms: Mapping[str, Term]) -> float:
        """Return the factor that brings the gradient's norm down to the limit, 1 when there is none."""
        ceiling = self.settings.gradient_limit
        if ceiling <= 0:
            return 1.0
        norm = math.hypot(*(float(term.norm()) for name, term in terms.items() if name.endswith(WEIGHTS)))
        return min(1.0, ceiling / norm) if norm > 0 else 1.0

    def check(self) -> None:
        """Raise DivergedError when the model runs away, its last good state put back; else remember this one as good.

        It runs away when a parameter is not finite, far too large or growing
        fast, or when all deviations collapse. What the rule keeps between batches
        goes back with the weights: offsets and chains that are not numbers would
        ruin the next step.
        """
        good, older = self._begin()
        largest = self._largest()
        trouble = self._trouble(largest, good, older)
        if trouble:
            self.go_back()
            raise DivergedError(
                f"Training ran away near step {self.steps} ({trouble}); the last good weights are kept.",
                "Lower the learning rate and continue.",
            )
        if self._checks % OLDER_EVERY == 0:
            self._older = good
        self._checks += 1
        self._good = self._snapshot(largest)

    def _begin(self) -> tuple[Snapshot, Snapshot]:
        """Return the latest good state and an older one: before the first step, that from which it starts."""
        if self._good is None or self._older is None:
            self._good = self._older = self._snapshot(self._largest())
        return self._good, self._older

    def _snapshot(self, largest: float) -> Snapshot:
        return Snapshot(self._copy(), self.rule.state(), largest)

    @property
    def checked(self) -> bool:
        """Whether a state was found good since the run began, or went on."""
        return self._checks > 0

    def go_back(self) -> None:
        """Put back the latest good state, or an older one where that was on its way to ruin already."""
        good, older = self._begin()
        if good.largest > TRUSTED * max(older.largest, 1.0):
            good = self._good = older
        for name, tensor in self.parameters.items():
            tensor.copy_(good.parameters[name])
        self.rule.restore(good.rule)
        self.velocity.clear()
        if self.adam is not None:
            self.adam.clear()

    def lower_rate(self, factor: float) -> None:
        """Learn more slowly from the next step on, by the slider's rate where that is in force."""
        if self.live.learning_rate is not None:
            self.live = dataclasses.replace(self.live, learning_rate=factor * self.live.learning_rate)
        self.rate_factor *= factor

    def _largest(self) -> float:
        """Return the largest size of a parameter, of a bias over many units the share that one of them bears."""
        norms = [
            torch.linalg.vector_norm(tensor, torch.inf) * self._share(name) for name, tensor in self.parameters.items()
        ]
        return float(torch.stack(norms).max())  # not a number where one of them is none

    def _share(self, name: str) -> float:
        weights = self.parameters.get(f"{name.rpartition('.')[0]}.weights".removeprefix("."))
        if not name.endswith("bias") or weights is None:
            return 1.0
        return min(1.0, FEW * self.parameters[name].numel() / weights.numel())

    def _trouble(self, largest: float, good: Snapshot, older: Snapshot) -> str:
        """Return in a few words how the model runs away, nothing where it does not."""
        if not math.isfinite(largest):
            return "a weight is no number any more"
        if largest > LARGEST or (largest > FLOOR and largest > GROWTH * good.largest):
            return "its weights explode"
        if self.rate_factor < 1:
            return ""  # a deviation that falls again is at home there
        for name, tensor in self.parameters.items():
            if name.endswith("log_variance"):
                before = float(older.parameters[name].mean())
                if before > OPEN and float(tensor.mean()) < COLLAPSED:
                    return "its deviations collapse"
        return ""

    def _tensors(self, arrays: Mapping[str, NDArray[Any]], prefix: str) -> dict[str, Tensor]:
        named = under(arrays, prefix)
        return {name: torch.from_numpy(np.array(array)).to(self.noise.device) for name, array in named.items()}

    def _copy(self) -> dict[str, Tensor]:
        return {name: tensor.clone() for name, tensor in self.parameters.items()}

    def state(self) -> tuple[dict[str, NDArray[Any]], dict[str, object]]:
        """Return all that a bit-equal resume needs beside the weights: arrays, and plain values."""
        arrays: dict[str, NDArray[Any]] = {}
        for name, tensor in self.velocity.items():
            arrays[f"velocity.{name}"] = tensor.cpu().numpy().copy()
        for name, tensor in (self.adam.state() if self.adam is not None else {}).items():
            arrays[f"adam.{name}"] = tensor.cpu().numpy().copy()
        for name, array in self.rule.state().items():
            arrays[f"rule.{name}"] = array
        for name, noise in self.noise.state().items():
            arrays[f"noise.{name}"] = noise
        values: dict[str, object] = {"steps": self.steps, "planned_steps": self.planned_steps}
        if self.earlier_steps:
            values["earlier_steps"] = self.earlier_steps
        if self.rate_factor != 1:
            values["rate_factor"] = self.rate_factor
        for name, value in self.batches.state().items():
            if isinstance(value, np.ndarray):
                arrays[f"batches.{name}"] = value
            else:
                values[f"batches.{name}"] = value
        return arrays, values

    def restore(self, arrays: Mapping[str, NDArray[Any]], values: Mapping[str, object]) -> None:
        """Continue exactly from what `state` returned."""
        self.velocity = self._tensors(arrays, "velocity.")
        if self.adam is not None:
            self.adam.restore(self._tensors(arrays, "adam."))
        self.rule.restore(under(arrays, "rule."))
        self.noise.restore({name: np.asarray(array, np.uint8) for name, array in under(arrays, "noise.").items()})
        self.batches.restore({**under(arrays, "batches."), **under(values, "batches.")})
        self.steps = int(str(values["steps"]))
        self.planned_steps = int(str(values["planned_steps"]))
        self.earlier_steps = int(str(values.get("earlier_steps", 0)))
        self.rate_factor = float(str(values.get("rate_factor", 1.0)))
        self._good = self._older = None


def brought(batch: NDArray[np.float32], device: torch.device) -> Tensor:
    """Return a batch on its device; a GPU is not waited for, and goes on with the step before."""
    rows = torch.from_numpy(batch)
    return rows.pin_memory().to(device, non_blocking=True) if device.type == "cuda" else rows.to(device)


Item = TypeVar("Item")


def under(values: Mapping[str, Item], prefix: str) -> dict[str, Item]:
    """Return what is named below a prefix, without it."""
    return {name.removeprefix(prefix): value for name, value in values.items() if name.startswith(prefix)}
