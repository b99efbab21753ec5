"""seccomp: system calls that a worker has no business with fail with EPERM.

A list of what is refused, not of what is allowed: torch, CUDA and the C library use hundreds of
calls that change with each version. A program is a list of BPF instructions run on each call by
the kernel; see Documentation/userspace-api/seccomp_filter.rst.
"""

from __future__ import annotations

import ctypes
import errno
import functools
import struct

from .syscalls import architecture, call, number

# fmt: off
REFUSED = (
    # reaching into other processes
    "ptrace", "process_vm_readv", "process_vm_writev", "process_madvise", "process_mrelease",
    "pidfd_getfd", "kcmp", "move_pages", "migrate_pages",
    # changing what is mounted, and opening files around it
    "mount", "umount2", "pivot_root", "chroot", "open_tree", "move_mount", "fsopen", "fsconfig",
    "fsmount", "fspick", "mount_setattr", "statmount", "listmount", "open_tree_attr",
    "open_by_handle_at", "name_to_handle_at", "fanotify_init",
    # new namespaces: inside one a process is root again
    "unshare", "setns",
    # parts of the kernel with a long record of holes
    "bpf", "perf_event_open", "userfaultfd", "keyctl", "add_key", "request_key",
    "io_uring_setup", "io_uring_enter", "io_uring_register", "modify_ldt", "lookup_dcookie",
    # memory that no limit counts: it belongs to no process
    "memfd_secret", "shmget", "shmat", "msgget", "semget", "mq_open", "vmsplice",
    # administration
    "init_module", "finit_module", "delete_module", "kexec_load", "kexec_file_load", "reboot",
    "swapon", "swapoff", "acct", "quotactl", "quotactl_fd", "nfsservctl", "syslog", "vhangup",
    "settimeofday", "clock_settime", "clock_adjtime", "adjtimex", "sethostname",
    "setdomainname", "iopl", "ioperm",
)
SIGNALS = ("kill", "tkill", "tgkill", "rt_sigqueueinfo", "rt_tgsigqueueinfo")
ON_ITSELF_ONLY = (
    "prlimit64", "sched_setaffinity", "sched_setscheduler", "sched_setparam", "sched_setattr",
)
# fmt: on
"""First argument is a process, 0 for the caller. A process of the same user could otherwise
lower the grader's limits or pin it to one core; neither Landlock nor dumpable stops that."""

_AUDIT_ARCH = (0xC000003E, 0xC00000B7)
_X32_BIT = 0x40000000
_NAMESPACE_FLAGS = 0x7E020000
_AF_UNIX = 1
_SOCK_STREAM, _SOCK_SEQPACKET, _SOCK_TYPE_MASK = 1, 5, 0xF
_SOL_SOCKET, _SO_SNDBUF, _SO_SNDBUFFORCE = 1, 7, 32
_MAP_SHARED, _MAP_ANONYMOUS = 0x01, 0x20
_TIOCSTI, _TIOCLINUX = 0x5412, 0x541C
_PRIO_PROCESS, _IOPRIO_WHO_PROCESS = 0, 1

_LOAD, _AND, _RETURN = 0x20, 0x54, 0x06
_IF_EQUAL, _IF_AT_LEAST, _IF_ANY_BIT = 0x15, 0x35, 0x45
_ALLOW, _KILL_PROCESS, _ERRNO = 0x7FFF0000, 0x80000000, 0x00050000
_NR_OFFSET, _ARCH_OFFSET, _ARGS_OFFSET = 0, 4, 16

_SET_MODE_FILTER = 1
_FLAG_SPEC_ALLOW = 4

Instruction = tuple[int, int, int, int]
"""Operation, jump if true, jump if false, constant."""


def _fail(code: int = errno.EPERM) -> Instruction:
    return (_RETURN, 0, 0, _ERRNO | code)


def _argument(index: int) -> Instruction:
    """Load the low half of an argument: all that is compared here are ints or 32-bit flags."""
    return (_LOAD, 0, 0, _ARGS_OFFSET + 8 * index)


_PERMIT: Instruction = (_RETURN, 0, 0, _ALLOW)


def _must_equal(*wanted: int) -> list[Instruction]:
    """Allow if the first arguments equal `wanted`, else refuse."""
    block: list[Instruction] = []
    for index, value in enumerate(wanted):
        block += [_argument(index), (_IF_EQUAL, 1, 0, value), _fail()]
    return [*block, _PERMIT]


_CONNECTED_PAIRS = [
    _argument(0),
    (_IF_EQUAL, 1, 0, _AF_UNIX),
    _fail(),
    _argument(1),
    (_AND, 0, 0, _SOCK_TYPE_MASK),
    (_IF_EQUAL, 2, 0, _SOCK_STREAM),
    (_IF_EQUAL, 1, 0, _SOCK_SEQPACKET),
    _fail(),
    _PERMIT,
]
"""Of pairs of sockets those that stay what they are: one for datagrams can be sent elsewhere."""

_USUAL_BUFFERS = [
    _argument(1),
    (_IF_EQUAL, 0, 4, _SOL_SOCKET),
    _argument(2),
    (_IF_EQUAL, 1, 0, _SO_SNDBUF),
    (_IF_EQUAL, 0, 1, _SO_SNDBUFFORCE),
    _fail(),
    _PERMIT,
]
"""What waits in a socket is memory that no process shows: no more of it than usual."""

_NO_SHARED_MEMORY = [
    _argument(3),
    (_IF_ANY_BIT, 0, 2, _MAP_ANONYMOUS),
    (_IF_ANY_BIT, 0, 1, _MAP_SHARED),
    _fail(errno.ENOMEM),
    _PERMIT,
]
"""Memory that is shared and has no file: it stays where no process shows it any more."""


def _rules(
    own_signals_only: int | None, hidden_memory: bool, unix_sockets: bool
) -> dict[str, list[Instruction]]:
    """What to do for each call that is not simply allowed; each block ends in a return."""
    rules = {name: [_fail()] for name in REFUSED}
    rules |= {name: _must_equal(0) for name in ON_ITSELF_ONLY}
    rules["setpriority"] = _must_equal(_PRIO_PROCESS, 0)
    rules["ioprio_set"] = _must_equal(_IOPRIO_WHO_PROCESS, 0)
    rules["socket"] = _must_equal(_AF_UNIX) if unix_sockets else [_fail()]
    if not unix_sockets:
        rules["socketpair"] = _CONNECTED_PAIRS
    rules["setsockopt"] = _USUAL_BUFFERS
    # clone3 hides its flags behind a pointer; the C library falls back to clone on ENOSYS
    rules["clone3"] = [_fail(errno.ENOSYS)]
    rules["clone"] = [_argument(0), (_IF_ANY_BIT, 0, 1, _NAMESPACE_FLAGS), _fail(), _PERMIT]
    rules["ioctl"] = [
        _argument(1),
        (_IF_EQUAL, 1, 0, _TIOCSTI),
        (_IF_EQUAL, 0, 1, _TIOCLINUX),
        _fail(),
        _PERMIT,
    ]
    if not hidden_memory:
        rules["memfd_create"] = [_fail()]
        rules["mmap"] = _NO_SHARED_MEMORY
    if own_signals_only is not None:
        rules |= {name: _must_equal(own_signals_only) for name in SIGNALS}
        rules["pidfd_send_signal"] = [_fail()]
    return rules


@functools.cache
def program(
    *, own_signals_only: int | None = None, hidden_memory: bool = False, unix_sockets: bool = True
) -> bytes:
    """The filter as `struct sock_filter[]`; raises OSError on an architecture not covered.

    own_signals_only: a pid: signals go to that process only (where nothing else stops them);
    hidden_memory: allow memfd_create and shared memory without a file, which CUDA needs. Otherwise
    they are refused: it counts in no limit, and in no process that doesn't have it mapped;
    unix_sockets: allow sockets to files, and so to any service of this machine whose file can be
    reached: a user's service manager runs commands for whoever asks. (Pairs of connected sockets
    always work.)
    """
    index = architecture()
    if index is None:
        raise OSError(errno.ENOSYS, "no table of system calls for this machine")
    code: list[Instruction] = [
        (_LOAD, 0, 0, _ARCH_OFFSET),
        (_IF_EQUAL, 1, 0, _AUDIT_ARCH[index]),
        (_RETURN, 0, 0, _KILL_PROCESS),
        (_LOAD, 0, 0, _NR_OFFSET),
    ]
    if index == 0:
        code += [(_IF_AT_LEAST, 0, 1, _X32_BIT), (_RETURN, 0, 0, _KILL_PROCESS)]
    rules = _rules(own_signals_only, hidden_memory, unix_sockets)
    for name, block in rules.items():
        nr = number(name)
        if nr is not None:
            code += [(_IF_EQUAL, 0, len(block), nr), *block]
    code.append(_PERMIT)
    return b"".join(struct.pack("HBBI", *instruction) for instruction in code)


class _Program(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("filter", ctypes.c_char_p)]


def install(filter_code: bytes) -> None:
    """Enforce a program on this thread and all that it will start; needs no_new_privs.

    SPEC_ALLOW: on old kernels a filter otherwise also turns on a costly Spectre mitigation.
    """
    packed = _Program(len(filter_code) // 8, filter_code)
    try:
        call("seccomp", _SET_MODE_FILTER, _FLAG_SPEC_ALLOW, ctypes.byref(packed))
    except OSError as error:
        if error.errno != errno.EINVAL:
            raise
        call("seccomp", _SET_MODE_FILTER, 0, ctypes.byref(packed))
