"""What one worker may use: the input of `confine.spawn`."""

from __future__ import annotations

import functools
import glob
import os
import sys
import sysconfig
from dataclasses import dataclass, field

from .layers import LAYERS

MiB = 1 << 20

_SYSTEM = (
    "/usr/lib", "/usr/lib32", "/usr/lib64", "/usr/libexec", "/usr/bin", "/usr/share",
    "/usr/local/lib", "/lib", "/lib32", "/lib64", "/bin",
    "/etc/ld.so.cache", "/etc/localtime", "/etc/timezone", "/etc/fonts",
    "/sys/devices/system/cpu",
)  # fmt: skip
_PREFIX_PARTS = ("lib", "lib64", "bin", "pyvenv.cfg")
_LIBRARY_FOLDERS = ("site-packages", "dist-packages", "lib-dynload")


@functools.cache
def library_paths() -> tuple[str, ...]:
    """Paths that an interpreter with torch reads: the system's libraries and Python's.

    Of an environment only its library folders are listed, never all of `sys.prefix`, and of
    `sys.path` only entries that are library folders: an environment may live in the course's
    own folder, and an editable install puts that folder on `sys.path`. Solutions are there.
    """
    found = list(_SYSTEM)
    for prefix in (sys.prefix, sys.base_prefix, sys.exec_prefix, sys.base_exec_prefix):
        found += [os.path.join(prefix, part) for part in _PREFIX_PARTS]
    found += [entry for entry in sys.path if os.path.basename(entry) in _LIBRARY_FOLDERS]
    found += [sysconfig.get_path("stdlib"), sysconfig.get_path("purelib"), sys.executable]
    return tuple(
        dict.fromkeys(path for path in found if os.path.isabs(path) and os.path.lexists(path))
    )


def nvidia_devices() -> tuple[str, ...]:
    """Device files that CUDA opens, for `Policy.devices`; empty on a machine without a GPU.

    On WSL2 the one device is /dev/dxg.
    """
    patterns = ("/dev/nvidia*", "/dev/nvidia-caps/*", "/dev/dxg")
    found = (path for pattern in patterns for path in sorted(glob.glob(pattern)))
    return tuple(path for path in found if not os.path.isdir(path))


GPU_READABLE = (
    "/proc/driver/nvidia", "/sys/bus/pci", "/sys/devices", "/sys/module/nvidia",
    "/usr/lib/wsl/lib", "/usr/local/cuda", "/opt/cuda",
)  # fmt: skip
"""Read by CUDA besides the libraries, where it exists."""


@dataclass(frozen=True)
class Policy:
    """What one worker may use.

    memory_bytes: private memory that each process, and all of them together, may add to what the
        forkserver had (`weigh`);
    disk_bytes: total size of box, /tmp and /dev/shm, and the size of any one file;
    processes: processes and threads at a time;
    cpu_seconds: CPU time of each process; that of all together, and wall clock, are the caller's;
    devices: device files for a GPU, see `nvidia_devices`;
    skip: names of layers to leave off.

    Raises ValueError for an unknown layer or a limit that is not positive.
    """

    readable: tuple[str, ...] = field(default_factory=library_paths)
    memory_bytes: int = 2048 * MiB
    disk_bytes: int = 64 * MiB
    processes: int = 64
    cpu_seconds: int = 60
    open_files: int = 256
    devices: tuple[str, ...] = ()
    skip: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        if unknown := self.skip - set(LAYERS):
            raise ValueError(f"no such layer: {', '.join(sorted(unknown))}")
        for name in ("memory_bytes", "disk_bytes", "processes", "cpu_seconds", "open_files"):
            if getattr(self, name) <= 0:
                raise ValueError(f"{name} must be positive, not {getattr(self, name)}")

    def wants(self, layer: str) -> bool:
        return layer not in self.skip

    @property
    def visible(self) -> tuple[str, ...]:
        """Everything that may be read, with what a GPU needs if there is one."""
        gpu = GPU_READABLE if self.devices else ()
        return self.readable + tuple(path for path in gpu if os.path.exists(path))
