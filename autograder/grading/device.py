"""Where student code runs: the CPU, or a GPU if one is there and wanted.

Besides CUDA, torch may know other accelerators (xpu, npu, ..), which its vendors' packages bring
along: one that is asked for by name is asked of torch, in a worker.
"""

from __future__ import annotations

import re

from autograder.errors import DeviceError
from autograder.sandbox.host.remote import Subject, value_of
from autograder.sandbox.host.session import Session
from autograder.sandbox.host.start import AnyLauncher
from autograder.sandbox.policy import nvidia_devices

FORM = re.compile(r"auto|cpu|(?!auto:|cpu:)([a-z]+)(?::(\d+))?")
COUNT = """
def count(kind):
    try:
        module = torch.get_device_module(kind)
    except RuntimeError:
        return 0
    return module.device_count() if module.is_available() else 0
"""


def choose_device(wanted: str, launcher: AnyLauncher) -> str:
    """`cpu` or `cuda:N` for what was asked: auto, cpu, cuda or cuda:N; or another accelerator of
    this machine's torch, by its name.

    A GPU is looked for in a worker, since neither judge nor forkserver may touch CUDA. Raises
    DeviceError where the device has no such form or is not there.
    """
    form = FORM.fullmatch(wanted)
    if wanted == "cpu" or (wanted == "auto" and not nvidia_devices()):
        return "cpu"
    kind = form[1] if form and form[1] else "cuda"
    is_likely = form is not None and (kind != "cuda" or nvidia_devices())
    count = count_devices(launcher, kind) if is_likely else 0
    if form is None or (kind != "cuda" and not count):
        raise DeviceError(f"unknown device {wanted!r}; use auto, cpu, cuda or cuda:N")
    if wanted == "auto":
        return "cuda:0" if count else "cpu"
    index = int(form[2] or 0)
    if index >= count:
        raise DeviceError(
            f"{wanted} is not on this machine (GPUs that torch can use: {count}); use --device cpu"
        )
    return f"{kind}:{index}"


def count_devices(launcher: AnyLauncher, kind: str = "cuda") -> int:
    """How many devices of a kind torch can use, as a throwaway worker tells."""
    session = Session(launcher.start, [])
    try:
        session.begin(0, seconds=60.0)
        return int(value_of(Subject(session, {}).define(COUNT, "count")(kind)))
    finally:
        session.close()
