"""The Linux system calls that the standard library lacks, by ctypes.

Each wrapper raises OSError with the kernel's errno. Nothing is loaded until the first call, so
that the module can be imported on any system.

Numbers: (x86_64, aarch64), from the kernel's asm/unistd_64.h and asm-generic/unistd.h.
"""

from __future__ import annotations

import ctypes
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
    "modify_ldt": (154, None), "mount": (165, 40), "mount_setattr": (442, 442),
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
    "setpriority": (141, 140), "settimeofday": (164, 170), "shmat": (30, 196), "shmget": (29, 194),
    "socket": (41, 198), "socketpair": (53, 199), "statmount": (457, 457), "swapoff": (168, 225),
    "swapon": (167, 224), "syslog": (103, 116), "tgkill": (234, 131), "tkill": (200, 130),
    "umount2": (166, 39), "unshare": (272, 97), "userfaultfd": (323, 282), "vhangup": (153, 58),
}
# fmt: on
ARCHITECTURES = {"x86_64": 0, "amd64": 0, "aarch64": 1, "arm64": 1}

CLONE_NEWNS, CLONE_NEWUSER, CLONE_NEWPID = 0x00020000, 0x10000000, 0x20000000
CLONE_NEWIPC, CLONE_NEWNET = 0x08000000, 0x40000000
CLONE_NEWCGROUP, CLONE_NEWUTS = 0x02000000, 0x04000000
SIGCHLD = 17

MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC, MS_REMOUNT = 1, 2, 4, 8, 32
MS_BIND, MS_REC, MS_PRIVATE = 1 << 12, 1 << 14, 1 << 18
MNT_DETACH = 2
ATTR_RDONLY, ATTR_NOSUID, ATTR_NODEV, ATTR_NOEXEC = 1, 2, 4, 8
AT_FDCWD, AT_RECURSIVE = -100, 0x8000

PR_SET_PDEATHSIG, PR_GET_PDEATHSIG, PR_SET_DUMPABLE = 1, 2, 4
PR_SET_CHILD_SUBREAPER, PR_SET_NO_NEW_PRIVS = 36, 38
PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL = 47, 4
CAP_DAC_OVERRIDE, CAP_FOWNER, CAP_KILL = 1, 3, 5


class _CapabilityHeader(ctypes.Structure):
    _fields_ = [("version", ctypes.c_uint32), ("pid", ctypes.c_int)]


_CAPABILITY_VERSION_3 = 0x20080522


@functools.cache
def architecture() -> int | None:
    """Index into the pairs of NUMBERS, or None on a machine that they do not cover."""
    return ARCHITECTURES.get(platform.machine().lower())


def number(name: str) -> int | None:
    """The number of a system call here; None if this architecture has no such call."""
    index = architecture()
    return None if index is None else NUMBERS[name][index]


@functools.cache
def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


@functools.cache
def _libc_with_gil() -> ctypes.PyDLL:
    return ctypes.PyDLL(None, use_errno=True)


def prepare() -> None:
    """Load what the wrappers need: for a forkserver, so that no worker pays for it."""
    architecture()
    parent_death_signal()
    _libc_with_gil()


def call(name: str, *arguments: object, library: ctypes.CDLL | None = None) -> int:
    """Make a system call; int arguments are passed as C long, bytes and None as pointers."""
    found = number(name)
    if found is None:
        raise OSError(errno.ENOSYS, f"no {name} on this machine")
    converted = [ctypes.c_long(a) if isinstance(a, int) else a for a in arguments]
    result: int = (library or _libc()).syscall(ctypes.c_long(found), *converted)
    if result < 0:
        code = ctypes.get_errno()
        raise OSError(code, f"{name}: {os.strerror(code)}")
    return result


def _path(path: str | None) -> bytes | None:
    return None if path is None else os.fsencode(path)


def clone(flags: int) -> int:
    """Fork with the CLONE_NEW* flags; returns 0 in the child, the child's pid in the parent.

    `os.fork` cannot pass flags, and `unshare(CLONE_NEWPID)` would take away the forkserver's own
    right to fork a second worker. The interpreter's hooks run as around `os.fork`, and the lock
    of the interpreter is held through the call, so the child owns it. For one thread only.
    """
    hooks = ctypes.pythonapi
    hooks.PyOS_BeforeFork()
    try:
        pid = call("clone", flags | SIGCHLD, 0, 0, 0, 0, library=_libc_with_gil())
    except OSError:
        hooks.PyOS_AfterFork_Parent()
        raise
    if pid == 0:
        hooks.PyOS_AfterFork_Child()
    else:
        hooks.PyOS_AfterFork_Parent()
    return pid


def unshare(flags: int) -> None:
    call("unshare", flags)


def mount(source: str | None, target: str, kind: str | None, flags: int, options: str = "") -> None:
    kind_bytes = None if kind is None else kind.encode()
    call("mount", _path(source), _path(target), kind_bytes, flags, options.encode() or None)


def mount_setattr(path: str, attributes: int, *, recursive: bool) -> None:
    """Add ATTR_* flags to a mount and, if `recursive`, to all below it (Linux 5.12)."""
    packed = (ctypes.c_uint64 * 4)(attributes, 0, 0, 0)
    flags = AT_RECURSIVE if recursive else 0
    size = ctypes.sizeof(packed)
    call("mount_setattr", AT_FDCWD, _path(path), flags, ctypes.byref(packed), size)


def umount2(target: str, flags: int) -> None:
    call("umount2", _path(target), flags)


def pivot_root(new_root: str, put_old: str) -> None:
    call("pivot_root", _path(new_root), _path(put_old))


def prctl(option: int, argument: int = 0) -> None:
    if _libc().prctl(option, *(ctypes.c_ulong(a) for a in (argument, 0, 0, 0))) < 0:
        code = ctypes.get_errno()
        raise OSError(code, f"prctl({option}): {os.strerror(code)}")


def parent_death_signal() -> int:
    """The signal that this process gets when its parent dies; 0 for none."""
    value = ctypes.c_int(0)
    if _libc().prctl(PR_GET_PDEATHSIG, ctypes.byref(value), 0, 0, 0) < 0:
        raise OSError(ctypes.get_errno(), "prctl(PR_GET_PDEATHSIG)")
    return value.value


def close_range(first: int, last: int) -> None:
    call("close_range", first, last, 0)


def close_all_except(keep: set[int]) -> None:
    """Close every descriptor that is not in `keep`."""
    first = 0
    for descriptor in [*sorted(keep), 0xFFFFFFFF]:
        if descriptor > first:
            last = descriptor - 1 if descriptor != 0xFFFFFFFF else descriptor
            try:
                close_range(first, last)
            except OSError:
                os.closerange(first, min(last, 1 << 16) + 1)
        first = descriptor + 1


def set_capabilities(capabilities: tuple[int, ...] = ()) -> None:
    """Keep only these capabilities (numbers below 32) in the effective and permitted sets."""
    bits = sum(1 << capability for capability in capabilities)
    data = (ctypes.c_uint32 * 6)(bits, bits, 0, 0, 0, 0)
    header = _CapabilityHeader(_CAPABILITY_VERSION_3, 0)
    _libc().prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0)
    call("capset", ctypes.byref(header), ctypes.byref(data))


def effective_capabilities() -> int:
    """The effective set of this process, as bits."""
    header, data = _CapabilityHeader(_CAPABILITY_VERSION_3, 0), (ctypes.c_uint32 * 6)()
    call("capget", ctypes.byref(header), ctypes.byref(data))
    return data[0] | data[3] << 32
