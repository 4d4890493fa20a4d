"""Adam by hand against the paper's algorithm, written out."""

from __future__ import annotations

import torch

from studio.training.adam import Adam, Move


def test_steps_are_those_of_the_paper() -> None:
    generator = torch.Generator().manual_seed(1)
    target = torch.zeros(5)
    expected, first, second = torch.zeros(5).double(), torch.zeros(5).double(), torch.zeros(5).double()
    adam = Adam()
    for step in range(1, 30):
        gradient = torch.randn(5, generator=generator)
        adam.add_to("a", target, gradient, 0.01)
        first = 0.9 * first + 0.1 * gradient.double()
        second = 0.999 * second + 0.001 * gradient.double() ** 2
        expected += 0.01 * (first / (1 - 0.9**step)) / ((second / (1 - 0.999**step)).sqrt() + 1e-8)
    assert torch.allclose(target.double(), expected, atol=1e-6)


def test_it_goes_on_from_its_state_as_if_nothing_had_been() -> None:
    def run(parts: int) -> torch.Tensor:
        target, adam = torch.zeros(3), Adam()
        for part in range(parts):
            for step in range(6 // parts):
                adam.add_to("a", target, torch.tensor([1.0, -2.0, 0.1 * (part * 6 // parts + step)]), 0.1)
            kept, adam = {name: tensor.clone() for name, tensor in adam.state().items()}, Adam()
            adam.restore(kept)
        return target

    assert torch.equal(run(1), run(2))


def test_parameters_may_be_moved_together() -> None:
    generator = torch.Generator().manual_seed(1)
    shapes = {"a": (4, 3), "b": (5,), "c": (1,)}
    alone, together = ({name: torch.zeros(shape) for name, shape in shapes.items()} for _ in range(2))
    one, other = Adam(), Adam()
    for step in range(12):
        names = ["a", "b", "c"] if step % 2 else ["a", "c"]  # not each learns from every batch
        gradients = {name: torch.randn(shapes[name], generator=generator) for name in names}
        for name in names:
            one.add_to(name, alone[name], gradients[name], 0.1 / (1 + len(name)))
        other.add_together([Move(name, together[name], gradients[name], 0.1 / (1 + len(name))) for name in names])
    assert all(torch.equal(alone[name], together[name]) for name in shapes)
    assert all(torch.equal(value, other.state()[name]) for name, value in one.state().items())
