"""What protects this machine, and which devices it has: tried in a real worker, not assumed."""

from __future__ import annotations

import platform
import sys
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from autograder.grading.device import count_devices
from autograder.sandbox.host.session import Session
from autograder.sandbox.host.start import launcher
from autograder.sandbox.layers import PROMISES
from autograder.sandbox.policy import Policy, nvidia_devices

PACKAGES = ("torch", "numpy", "nbgrader", "torch-autograder")


def examine() -> dict[str, Any]:
    """Starts a worker and reports: layers with {"on", "detail"}, devices, versions."""
    with launcher(Policy(devices=nvidia_devices()), spares=False) as workers:
        session = Session(workers.start, [])
        session.begin(0, seconds=60.0)
        layers = {layer.name: {"on": layer.on, "detail": layer.detail} for layer in workers.layers}
        session.close()
        gpus = count_devices(workers) if nvidia_devices() else 0
    return {
        "system": f"{platform.system()} {platform.release()} {platform.machine()}",
        "python": sys.version.split()[0],
        "packages": {name: _version(name) for name in PACKAGES},
        "devices": ["cpu", *(f"cuda:{index}" for index in range(gpus))],
        "protections": layers,
    }


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"


def print_examination(found: dict[str, Any], console: Console) -> None:
    """The examination for a person: a row a layer, what it promises, how it is here."""
    console.print(Text(f"{found['system']}, Python {found['python']}"))
    console.print(Text(", ".join(f"{name} {number}" for name, number in found["packages"].items())))
    console.print(Text(f"Devices: {', '.join(found['devices'])}"))
    table = Table("protection", "here", "promise", "how, or why not", box=None, pad_edge=False)
    for name, layer in found["protections"].items():
        on = Text("on", style="green") if layer["on"] else Text("OFF", style="red bold")
        table.add_row(name, on, PROMISES[name], Text(layer["detail"]))
    console.print(table)
    if not any(layer["on"] for layer in found["protections"].values()):
        console.print(
            Text(
                "NO ISOLATION on this system: run the autograder in a container or VM.",
                style="red bold",
            )
        )
