"""Choosing and describing the device; torch's own errors become sentences."""

from __future__ import annotations

import os

import torch

from studio.errors import DeviceError, OutOfMemoryError, StudioError
from studio.jobs.device_info import AUTO, DeviceInfo

CPU = "cpu"
OUT_OF_MEMORY = ("not enough memory", "can't allocate memory", "out of memory")  # what allocators say, by system


def find_devices() -> tuple[DeviceInfo, ...]:
    """Return every device of this machine, tried with a tiny product: a broken GPU is listed with its problem."""
    found = [DeviceInfo(CPU, f"CPU, {os.cpu_count() or 1} cores")]
    try:
        count = torch.cuda.device_count() if torch.cuda.is_available() else 0
    except Exception as error:  # a broken driver raises whatever it likes
        found.append(DeviceInfo("cuda:0", "CUDA", _why(error)))
        count = 0
    for index in range(count):
        found.append(_tried(f"cuda:{index}", "CUDA"))
    if torch.backends.mps.is_available():
        found.append(_tried("mps", "Apple GPU"))
    return tuple(found)


def _tried(name: str, label: str) -> DeviceInfo:
    try:
        if name.startswith("cuda"):
            label = torch.cuda.get_device_name(torch.device(name))
        try_device(name)
    except Exception as error:
        return DeviceInfo(name, label, _why(error))
    return DeviceInfo(name, label)


def try_device(name: str) -> None:
    """Multiply, draw and synchronise on the device; raises whatever torch raises."""
    device = torch.device(name)
    generator = torch.Generator(device=device).manual_seed(0)
    square = torch.rand((4, 4), generator=generator, device=device)
    float((square @ square).sum())


def choose(wanted: str) -> str:
    """Return the device for `auto`, `cpu`, `cuda`, `cuda:N` or `mps`; raises DeviceError when it is not there."""
    if wanted == CPU:
        return CPU  # without waking a GPU nobody asked for
    devices = find_devices()
    if wanted == AUTO:
        return next((device.name for device in devices if device.usable and device.name != CPU), CPU)
    name = "cuda:0" if wanted == "cuda" else wanted
    for device in devices:
        if device.name == name:
            if device.problem:
                raise DeviceError(f"The device {wanted} does not work here: {device.problem}", "Choose cpu or auto.")
            return name
    here = ", ".join(device.name for device in devices)
    raise DeviceError(f"There is no device {wanted!r} on this machine.", f"Choose auto or one of: {here}.")


FEWER = "Use fewer hidden units, smaller pictures or a smaller batch."


def as_studio_error(error: BaseException, device: str, less: str = FEWER) -> StudioError:
    """Return what torch or anything below raised as a sentence with a remedy, for want of memory `less`."""
    if isinstance(error, StudioError):
        return error
    short = isinstance(error, RuntimeError) and any(words in str(error) for words in OUT_OF_MEMORY)
    if short or isinstance(error, MemoryError | torch.OutOfMemoryError):
        return OutOfMemoryError(f"{device} ran out of memory.", less)
    if isinstance(error, RuntimeError) and ("CUDA" in str(error) or "MPS" in str(error)):
        return DeviceError(f"{device} failed: {_why(error)}", "Choose the CPU and continue.")
    return StudioError(
        f"Something unexpected went wrong: {type(error).__name__}: {_why(error)}", "Please report it with the log."
    )


def _why(error: BaseException) -> str:
    lines = str(error).strip().splitlines()
    return lines[0][:200] if lines else type(error).__name__
