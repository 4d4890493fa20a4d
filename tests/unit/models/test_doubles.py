"""Numbers that are counted in double precision, on a device that has none."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode

from studio.models import doubles
from studio.models.doubles import doubled, home_of_doubles
from studio.models.torus import resampled
from studio.training.shares import shares_of

APPLE = torch.device("meta")  # whose numbers have a place and a precision, and no value


class SinglePrecision(TorchDispatchMode):  # type: ignore[no-untyped-call]  # torch leaves it untyped
    """Refuses numbers of double precision on a device, as Apple's GPUs do."""

    def __init__(self, device: torch.device) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # likewise
        self.device = device

    def __torch_dispatch__(
        self, call: Callable[..., Any], _types: Any, args: Any = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        made = call(*args, **(kwargs or {}))
        if isinstance(made, Tensor) and made.device == self.device and made.dtype is torch.float64:
            raise TypeError("Cannot convert a MPS Tensor to float64 dtype: the framework doesn't support float64.")
        return made


@pytest.fixture(autouse=True)
def apple(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(doubles, "SINGLE", frozenset({APPLE.type}))
    with SinglePrecision(APPLE):
        yield


def test_they_are_counted_on_the_host() -> None:
    with pytest.raises(TypeError, match="float64"):
        torch.ones(2, device=APPLE).double()
    assert home_of_doubles(APPLE) == torch.device("cpu")
    assert doubled(torch.ones(2)).dtype is torch.float64


def test_a_picture_is_brought_to_another_size() -> None:
    found = resampled(torch.ones(1, 3, 8, 8, device=APPLE), (12, 20))
    assert found.shape == (1, 3, 12, 20)
    assert found.device == APPLE


def test_textures_have_their_shares() -> None:
    with SinglePrecision(torch.device("cpu")):  # where that of Apple's would count them
        (shares,) = shares_of([torch.tensor([0, 0, 0, 1])], [5], 2)
    assert shares.weights.tolist() == [torch.tensor(2 / 3).item()] * 3 + [2.0]
