"""Landlock: the kernel refuses to open anything outside of a list of paths (Linux 5.13).

A ruleset is built while the process may still see everything, and enforced for good by
`restrict`. The kernel's version of the interface (ABI) decides what can be asked of it:
1 files, 2 moving between folders, 3 truncation, 4 TCP, 5 ioctl on devices, 6 signals and
abstract unix sockets. See the kernel's Documentation/userspace-api/landlock.rst.
"""

from __future__ import annotations

import ctypes
import os
import stat
from collections.abc import Iterable

from .syscalls import call

EXECUTE, WRITE_FILE, READ_FILE, READ_DIR = 1 << 0, 1 << 1, 1 << 2, 1 << 3
REMOVE_DIR, REMOVE_FILE = 1 << 4, 1 << 5
MAKE_CHAR, MAKE_DIR, MAKE_REG, MAKE_SOCK = 1 << 6, 1 << 7, 1 << 8, 1 << 9
MAKE_FIFO, MAKE_BLOCK, MAKE_SYM = 1 << 10, 1 << 11, 1 << 12
REFER, TRUNCATE, IOCTL_DEV = 1 << 13, 1 << 14, 1 << 15

READ = EXECUTE | READ_FILE | READ_DIR
OWN = (
    READ_FILE | READ_DIR | WRITE_FILE | REMOVE_DIR | REMOVE_FILE | MAKE_DIR | MAKE_REG
    | MAKE_SOCK | MAKE_FIFO | MAKE_SYM | REFER | TRUNCATE
)  # fmt: skip
DEVICE = READ_FILE | WRITE_FILE | IOCTL_DEV
_FOR_FILES = EXECUTE | WRITE_FILE | READ_FILE | TRUNCATE | IOCTL_DEV

_ALL_NET = 0b11
_ALL_SCOPES = 0b11
_VERSION_FLAG = 1
_RULE_PATH_BENEATH = 1


class _PathBeneath(ctypes.Structure):
    _pack_ = 1
    _layout_ = "ms"  # the same bytes; Python 3.14 wants it said
    _fields_ = [("allowed_access", ctypes.c_uint64), ("parent_fd", ctypes.c_int32)]


def abi() -> int:
    """Version of Landlock in this kernel; raises OSError where there is none or it is off."""
    return call("landlock_create_ruleset", None, 0, _VERSION_FLAG)


def _handled(version: int) -> int:
    """All rights on files that this version knows."""
    highest = 15 if version >= 5 else 14 if version >= 3 else 13 if version >= 2 else 12
    return (1 << (highest + 1)) - 1


def ruleset(rules: Iterable[tuple[str, int]]) -> int:
    """Descriptor of a ruleset that allows (path, rights) and nothing else; raises OSError.

    Paths that cannot be opened are left out: what is not there needs no right. TCP, signals to
    and abstract sockets of processes outside are refused as far as the kernel knows how to.
    """
    version = abi()
    handled = _handled(version)
    size = 24 if version >= 6 else 16 if version >= 4 else 8
    attributes = (ctypes.c_uint64 * 3)(handled, _ALL_NET, _ALL_SCOPES)
    descriptor = call("landlock_create_ruleset", ctypes.byref(attributes), size, 0)
    for path, rights in rules:
        _allow(descriptor, path, rights & handled)
    return descriptor


def _allow(descriptor: int, path: str, rights: int) -> None:
    try:
        parent = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    try:
        if not stat.S_ISDIR(os.fstat(parent).st_mode):
            rights &= _FOR_FILES  # a right on folders makes the kernel refuse a rule on a file
        rule = _PathBeneath(rights, parent)
        call("landlock_add_rule", descriptor, _RULE_PATH_BENEATH, ctypes.byref(rule), 0)
    finally:
        os.close(parent)


def restrict(descriptor: int) -> None:
    """Enforce a ruleset on this thread and all that it will start; needs no_new_privs."""
    call("landlock_restrict_self", descriptor, 0)
