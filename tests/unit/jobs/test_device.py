"""Devices: what is here, what is broken and why, and torch's errors as sentences."""

from __future__ import annotations

import pytest
import torch

from studio.errors import DataError, DeviceError, StudioError
from studio.jobs import device
from studio.jobs.device import as_studio_error, choose, find_devices, try_device
from studio.jobs.device_info import DeviceInfo


def broken(*_: object, **__: object) -> int:
    raise RuntimeError("CUDA driver initialization failed, you might not have a GPU.\nCompile with TORCH_USE_CUDA_DSA")


@pytest.fixture
def no_driver(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", broken)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)


@pytest.fixture
def no_kernels(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two GPUs that are listed, of which the first does not work."""

    def tried(name: str) -> None:
        if name == "cuda:0":
            broken()

    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 3)
    monkeypatch.setattr(torch.cuda, "get_device_name", lambda where: f"GPU {where}")
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)
    monkeypatch.setattr(device, "try_device", tried)


def test_the_cpu_is_always_there_and_works() -> None:
    first = find_devices()[0]
    assert (first.name, first.usable) == ("cpu", True)
    try_device("cpu")
    assert choose("cpu") == "cpu"


def test_the_cpu_is_chosen_without_waking_a_gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(device, "find_devices", broken)
    assert choose("cpu") == "cpu"


@pytest.mark.usefixtures("no_driver")
def test_a_broken_driver_is_listed_with_its_problem() -> None:
    found = {info.name: info for info in find_devices()}
    assert not found["cuda:0"].usable
    assert found["cuda:0"].problem == "CUDA driver initialization failed, you might not have a GPU."
    assert choose("auto") == "cpu"
    for wanted in ("cuda", "cuda:0"):
        with pytest.raises(DeviceError, match="does not work here: CUDA driver initialization failed") as caught:
            choose(wanted)
        assert "cpu" in caught.value.hint


@pytest.mark.usefixtures("no_kernels")
def test_a_gpu_that_cannot_multiply_is_passed_over() -> None:
    assert [info.usable for info in find_devices()] == [True, False, True, True]
    assert choose("auto") == "cuda:1"
    assert choose("cuda:2") == "cuda:2"
    with pytest.raises(DeviceError):
        choose("cuda")


@pytest.mark.usefixtures("no_kernels")
@pytest.mark.parametrize("wanted", ["tpu", "cuda:9", "", "CPU"])
def test_an_unknown_device_is_named_beside_those_that_are_here(wanted: str) -> None:
    with pytest.raises(DeviceError) as caught:
        choose(wanted)
    assert repr(wanted) in caught.value.message
    assert "cpu, cuda:0" in caught.value.hint


def test_a_gpu_is_described_by_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 1)
    monkeypatch.setattr(torch.cuda, "get_device_name", lambda _: "Riva TNT2")
    monkeypatch.setattr(device, "try_device", lambda _: None)
    assert DeviceInfo("cuda:0", "Riva TNT2") in find_devices()


SHORT = [
    MemoryError(),
    torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 20.00 GiB."),
    RuntimeError("CUDA error: out of memory"),
    RuntimeError("MPS backend out of memory (MPS allocated: 9 GB, max allowed: 10 GB)."),
    RuntimeError("[enforce fail at alloc_cpu.cpp:1] DefaultCPUAllocator: not enough memory: you tried to allocate 9"),
]


@pytest.mark.parametrize("error", SHORT, ids=lambda error: str(error)[:20])
def test_too_little_memory_is_said_as_such(error: Exception) -> None:
    told = as_studio_error(error, "cuda:0")
    assert isinstance(told, DeviceError)
    assert told.message == "cuda:0 ran out of memory."
    assert "smaller" in told.hint


def test_so_is_what_this_machines_own_allocator_says() -> None:
    with pytest.raises(RuntimeError) as caught:
        torch.empty(10**15)
    told = as_studio_error(caught.value, "cpu")
    assert told.message == "cpu ran out of memory."


def test_other_errors_of_a_gpu_propose_the_cpu() -> None:
    told = as_studio_error(RuntimeError("CUDA error: an illegal memory access was encountered\nmore"), "cuda:0")
    assert isinstance(told, DeviceError)
    assert told.message == "cuda:0 failed: CUDA error: an illegal memory access was encountered"
    assert "CPU" in told.hint


def test_a_sentence_stays_as_it_is_and_the_unexpected_names_itself() -> None:
    sentence = DataError("No pictures.", "Add some.")
    assert as_studio_error(sentence, "cpu") is sentence
    told = as_studio_error(ZeroDivisionError("division by zero"), "cpu")
    assert type(told) is StudioError
    assert "ZeroDivisionError: division by zero" in told.message
    assert "KeyError" in as_studio_error(KeyError(), "cpu").message
