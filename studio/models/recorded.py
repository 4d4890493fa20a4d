"""Work recorded once and played again: on a GPU a CUDA graph, so that small kernels do not wait for their launches."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol, TypeVar

import torch

Found = TypeVar("Found")


class Recorder(Protocol):
    """How work is recorded that draws from these generators alone; what it returns plays it, in the same memory."""

    def __call__(self, work: Callable[[], Found], generators: Sequence[torch.Generator], /) -> Callable[[], Found]: ...


def graph(work: Callable[[], Found], generators: Sequence[torch.Generator]) -> Callable[[], Found]:
    """Record work on the current CUDA device; raises RuntimeError where it waits for the GPU.

    Nothing is done while it is recorded. What is played finds its numbers in
    the tensors that it found then, and leaves its own where it left them before.
    """
    recorded = torch.cuda.CUDAGraph()
    for generator in generators:
        recorded.register_generator_state(generator)
    stream = torch.cuda.Stream()  # type: ignore[no-untyped-call]  # torch has no types here
    stream.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(stream):
        recorded.capture_begin(capture_error_mode="thread_local")
        try:
            found = work()
        finally:
            recorded.capture_end()
    torch.cuda.current_stream().wait_stream(stream)

    def play() -> Found:
        recorded.replay()
        return found

    return play


def recorder_of(device: torch.device) -> Recorder | None:
    """Return how work is recorded on a device, nothing where there is no way or no use."""
    return graph if device.type == "cuda" else None
