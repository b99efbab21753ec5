"""The Linux system calls that the standard library lacks, by ctypes.

Each wrapper raises OSError with the kernel's errno. Nothing is loaded until the first call, so
that the module can be imported on any system.

Numbers: (x86_64, aarch64), from the kernel's asm/unistd_64.h and asm-generic/unistd.h.
"""

from __future__ import annotations

import contextlib
import ctypes
import enum
import errno
import functools
import os
import platform

# fmt: off
NUMBERS: dict[str, tuple[int | None, int | None]] = {
    "acct": (163, 89), "add_key": (248, 217), "adjtimex": (159, 171), "bpf": (321, 280),
    "capget": (125, 90), "capset": (126, 91), "chroot": (161, 51), "clock_adjtime": (305, 266),
    "clock_settime": (227, 112), "clone": (56, 220), "clone3": (435, 435),
    "close_range": (436, 436), "delete_module": (176, 106), "fanotify_init": (300, 262),
    "finit_module": (313, 273), "fsconfig": (431, 431), "fsmount": (432, 432), "fsopen": (430, 430),
    "fspick": (433, 433), "init_module": (175, 105), "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427), "io_uring_setup": (425, 425), "ioctl": (16, 29),
    "ioperm": (173, None), "iopl": (172, None), "ioprio_set": (251, 30), "kcmp": (312, 272),
    "kexec_file_load": (320, 294), "kexec_load": (246, 104), "keyctl": (250, 219),
    "kill": (62, 129), "landlock_add_rule": (445, 445), "landlock_create_ruleset": (444, 444),
    "landlock_restrict_self": (446, 446), "listmount": (458, 458), "lookup_dcookie": (212, 18),
    "memfd_create": (319, 279), "memfd_secret": (447, 447), "migrate_pages": (256, 238),
    "mmap": (9, 222), "modify_ldt": (154, None), "mount": (165, 40), "mount_setattr": (442, 442),
    "move_mount": (429, 429), "move_pages": (279, 239), "mq_open": (240, 180), "msgget": (68, 186),
    "name_to_handle_at": (303, 264), "nfsservctl": (180, 42), "open_by_handle_at": (304, 265),
    "open_tree": (428, 428), "open_tree_attr": (467, 467), "perf_event_open": (298, 241),
    "personality": (135, 92), "pidfd_getfd": (438, 438), "pidfd_send_signal": (424, 424),
    "pivot_root": (155, 41), "prlimit64": (302, 261), "process_madvise": (440, 440),
    "process_mrelease": (448, 448), "process_vm_readv": (310, 270), "process_vm_writev": (311, 271),
    "ptrace": (101, 117), "quotactl": (179, 60), "quotactl_fd": (443, 443), "reboot": (169, 142),
    "request_key": (249, 218), "rt_sigqueueinfo": (129, 138), "rt_tgsigqueueinfo": (297, 240),
    "sched_setaffinity": (203, 122), "sched_setattr": (314, 274), "sched_setparam": (142, 118),
    "sched_setscheduler": (144, 119), "seccomp": (317, 277), "semget": (64, 190),
    "setdomainname": (171, 162), "sethostname": (170, 161), "setns": (308, 268),
    "setfsgid": (123, 152), "setfsuid": (122, 151),
    "setpriority": (141, 140), "setsockopt": (54, 208),
    "settimeofday": (164, 170), "shmat": (30, 196), "shmget": (29, 194),
    "socket": (41, 198), "socketpair": (53, 199), "statmount": (457, 457), "swapoff": (168, 225),
    "swapon": (167, 224), "syslog": (103, 116), "tgkill": (234, 131), "tkill": (200, 130),
    "umount2": (166, 39), "unshare": (272, 97), "userfaultfd": (323, 282), "vhangup": (153, 58),
    "vmsplice": (278, 75),
}
# fmt: on
SIGCHLD = 17
AT_FDCWD, AT_RECURSIVE = -100, 0x8000
CAP_AMBIENT_CLEAR_ALL = 4


class Clone(enum.IntFlag):
    """CLONE_*: the namespaces that clone(2) can make."""

    NEWNS = 0x00020000
    NEWIPC = 0x08000000
    NEWUSER = 0x10000000
    NEWPID = 0x20000000
    NEWNET = 0x40000000


class Mount(enum.IntFlag):
    """MS_*: flags of mount(2); the first four are the attributes of mount_setattr(2), too."""

    RDONLY = 1
    NOSUID = 2
    NODEV = 4
    NOEXEC = 8
    REMOUNT = 32
    BIND = 1 << 12
    REC = 1 << 14
    PRIVATE = 1 << 18


class Prctl(enum.IntEnum):
    """PR_*: options of prctl(2)."""

    SET_PDEATHSIG = 1
    GET_PDEATHSIG = 2
    SET_DUMPABLE = 4
    SET_CHILD_SUBREAPER = 36
    SET_NO_NEW_PRIVS = 38
    CAP_AMBIENT = 47


class Capability(enum.IntEnum):
    """CAP_*, as capabilities(7) numbers them."""

    DAC_OVERRIDE = 1
    FOWNER = 3
    KILL = 5


@functools.cache
def architecture() -> int | None:
    """Index into the pairs of NUMBERS, or None on a machine that they do not cover."""
    return {"x86_64": 0, "aarch64": 1}.get(platform.machine())


def number(name: str) -> int | None:
    """The number of a system call here; None if this architecture has no such call."""
    index = architecture()
    return None if index is None else NUMBERS[name][index]


@functools.cache
def _libc(kind: type[ctypes.CDLL] = ctypes.CDLL) -> ctypes.CDLL:
    """The C library; a call of a `PyDLL` keeps the lock of the interpreter."""
    return kind(None, use_errno=True)


def prepare() -> None:
    """Load what the wrappers need: for a forkserver, so that no worker pays for it."""
    architecture()
    parent_death_signal()
    _libc(ctypes.PyDLL)


def call(name: str, *arguments: object, library: ctypes.CDLL | None = None) -> int:
    """Make a system call; ints are passed as C long, texts as paths are encoded."""
    found = number(name)
    if found is None:
        raise OSError(errno.ENOSYS, f"no {name} on this machine")
    result: int = (library or _libc()).syscall(*map(_as_c, (found, *arguments)))
    if result < 0:
        code = ctypes.get_errno()
        raise OSError(code, f"{name}: {os.strerror(code)}")
    return result


def _as_c(argument: object) -> object:
    if isinstance(argument, int):
        return ctypes.c_long(argument)
    return os.fsencode(argument) if isinstance(argument, str) else argument


def clone(flags: int) -> int:
    """Fork with the CLONE_NEW* flags; returns 0 in the child, the child's pid in the parent.

    `os.fork` cannot pass flags, and `unshare(CLONE_NEWPID)` would take away the forkserver's own
    right to fork a second worker. The interpreter's hooks run as around `os.fork`, and the lock
    of the interpreter is held through the call, so the child owns it. For one thread only.
    """
    hooks = ctypes.pythonapi
    hooks.PyOS_BeforeFork()
    pid = -1
    try:
        pid = call("clone", flags | SIGCHLD, 0, 0, 0, 0, library=_libc(ctypes.PyDLL))
    finally:
        if pid == 0:
            hooks.PyOS_AfterFork_Child()
        else:
            hooks.PyOS_AfterFork_Parent()
    return pid


def mount(source: str | None, target: str, kind: str | None, flags: int, options: str = "") -> None:
    call("mount", source, target, kind, flags, options or None)


def mount_setattr(path: str, attributes: Mount, *, recursive: bool) -> None:
    """Add attributes to a mount and, if `recursive`, to all below it (Linux 5.12)."""
    packed = (ctypes.c_uint64 * 4)(attributes, 0, 0, 0)
    flags = AT_RECURSIVE if recursive else 0
    call("mount_setattr", AT_FDCWD, path, flags, packed, ctypes.sizeof(packed))


def detach(target: str) -> None:
    """Take away a mount, though it may still be in use: umount2(2) with MNT_DETACH."""
    call("umount2", target, 2)


def prctl(option: Prctl, argument: object = 0) -> None:
    if _libc().prctl(option, *map(_as_c, (argument, 0, 0, 0))) < 0:
        code = ctypes.get_errno()
        raise OSError(code, f"prctl({option.name}): {os.strerror(code)}")


def parent_death_signal() -> int:
    """The signal that this process gets when its parent dies; 0 for none."""
    value = ctypes.c_int(0)
    prctl(Prctl.GET_PDEATHSIG, ctypes.byref(value))
    return value.value


def close_all_except(keep: set[int]) -> None:
    """Close every descriptor that is not in `keep`."""
    first = 0
    for kept in [*sorted(keep), 1 << 31]:
        if kept > first:
            try:
                call("close_range", first, kept - 1, 0)
            except OSError:
                os.closerange(first, min(kept, 1 << 16))
        first = kept + 1


def _capability_header() -> ctypes.Array[ctypes.c_uint32]:
    """_LINUX_CAPABILITY_VERSION_3, and 0 for this process."""
    return (ctypes.c_uint32 * 2)(0x20080522, 0)


def set_capabilities(capabilities: tuple[int, ...] = ()) -> None:
    """Keep only these capabilities (numbers below 32) in the effective and permitted sets."""
    bits = sum(1 << capability for capability in capabilities)
    data = (ctypes.c_uint32 * 6)(bits, bits, 0, 0, 0, 0)
    with contextlib.suppress(OSError):  # before Linux 4.3 there are no ambient ones
        prctl(Prctl.CAP_AMBIENT, CAP_AMBIENT_CLEAR_ALL)
    call("capset", _capability_header(), data)


def effective_capabilities() -> int:
    """The effective set of this process, as bits."""
    data = (ctypes.c_uint32 * 6)()
    call("capget", _capability_header(), data)
    return data[0] | data[3] << 32
