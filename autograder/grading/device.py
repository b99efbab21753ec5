"""Where student code runs: the CPU, or a GPU if one is there and wanted."""

from __future__ import annotations

import re

from autograder.errors import DeviceError
from autograder.sandbox.host.remote import Subject, value_of
from autograder.sandbox.host.session import Session
from autograder.sandbox.host.start import AnyLauncher
from autograder.sandbox.policy import nvidia_devices

FORM = re.compile(r"auto|cpu|cuda(:\d+)?")
COUNT_GPUS = (
    "def count():\n    return torch.cuda.device_count() if torch.cuda.is_available() else 0\n"
)


def choose_device(wanted: str, launcher: AnyLauncher) -> str:
    """`cpu` or `cuda:N` for what was asked: auto, cpu, cuda or cuda:N.

    A GPU is looked for in a worker, since neither judge nor forkserver may touch CUDA. Raises
    DeviceError where the device has no such form or is not there.
    """
    if not FORM.fullmatch(wanted):
        raise DeviceError(f"unknown device {wanted!r}; use auto, cpu, cuda or cuda:N")
    if wanted == "cpu" or (wanted == "auto" and not nvidia_devices()):
        return "cpu"
    count = count_gpus(launcher) if nvidia_devices() else 0
    if wanted == "auto":
        return "cuda:0" if count else "cpu"
    index = int(wanted.partition(":")[2] or 0)
    if index >= count:
        raise DeviceError(
            f"{wanted} is not on this machine (GPUs that torch can use: {count}); use --device cpu"
        )
    return f"cuda:{index}"


def count_gpus(launcher: AnyLauncher) -> int:
    """How many GPUs torch can use, as a throwaway worker tells."""
    session = Session(launcher.start, [])
    try:
        session.begin(0, seconds=60.0)
        return int(value_of(Subject(session, {}).define(COUNT_GPUS, "count")()))
    finally:
        session.close()
