"""What a hostile submission would try: this source is sent to a worker and run there.

Each returns something that JSON can carry, or raises: PermissionError and its kin mean refused.
`hold` is called where an attack must stay alive to be looked at from outside.
"""


def nothing():
    return "done"


def read_file(path):
    with open(path) as file:
        return file.read()


def write_file(path):
    with open(path, "w") as file:
        file.write("mine now")
    return "written"


def connect_tcp(port):
    import socket

    with socket.create_connection(("127.0.0.1", port), timeout=5):
        return "connected"


def connect_abstract(name):
    import socket

    with socket.socket(socket.AF_UNIX) as client:
        client.connect("\0" + name)
        return "connected"


def connect_service(path):
    import socket

    with socket.socket(socket.AF_UNIX) as client:
        client.connect(path)
        return "connected"


def write_to_service(path):
    """A pair of sockets for datagrams needs no name of its own to write to another's."""
    import socket

    one, _ = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    one.sendto(b"mine", path)
    return "connected"


def kill_process(pid):
    import os

    os.kill(pid, 9)
    return "signalled"


def limit_process(pid):
    import resource

    resource.prlimit(pid, resource.RLIMIT_CORE, (0, 0))
    resource.prlimit(pid, resource.RLIMIT_NOFILE, (7, 7))
    return "limited"


def renice_process(pid):
    import os

    os.setpriority(os.PRIO_PROCESS, pid, 15)
    return "reniced"


def pin_process(pid):
    import os

    os.sched_setaffinity(pid, {min(os.sched_getaffinity(pid))})
    return "pinned"


def _system_call(numbers, *arguments):
    import ctypes
    import os
    import platform

    libc = ctypes.CDLL(None, use_errno=True)
    number = numbers[platform.machine() == "aarch64"]
    result = libc.syscall(number, *map(ctypes.c_long, arguments))
    if result < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return result


def trace_process(pid):
    attach = 0x4206  # PTRACE_SEIZE does not stop it
    return _system_call((101, 117), attach, pid, 0, 0)


def use_io_uring():
    import ctypes

    parameters = (ctypes.c_uint32 * 32)()
    return _system_call((425, 425), 1, ctypes.addressof(parameters)) and "ring"


def use_keyring():
    get_keyring, session, create = 0, -3, 1
    return _system_call((250, 219), get_keyring, session, create) and "keyring"


def new_network():
    return _system_call((272, 97), 0x40000000) or "unshared"


def memory_file():
    import os

    return os.memfd_create("hoard") and "created"


def shared_segment():
    return _system_call((29, 194), 0, 1 << 20, 0o1600) and "segment"


def mount_tmpfs(path):
    import ctypes
    import os

    libc = ctypes.CDLL(None, use_errno=True)
    if libc.mount(b"none", path.encode(), b"tmpfs", 0, None) < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return "mounted"


def foreign_call():
    """getpid by the x32 numbering, which a filter of plain numbers would miss"""
    return _system_call((0x40000000 | 39, 0), 0)


def fill_disk(total):
    import os

    written, block = 0, bytes(1 << 18)
    for folder in (os.getcwd(), "/tmp", "/dev/shm"):
        try:
            for index in range(total // len(block)):
                with open(f"{folder}/fill-{os.getpid()}-{index}", "wb") as file:
                    written += file.write(block)
        except OSError:
            continue
    return written


def many_files(count):
    made = 0
    try:
        for index in range(count):
            open(f"empty-{index}", "w").close()
            made += 1
    except OSError:
        pass
    return made


def one_large_file(size):
    with open("large", "wb") as file:
        file.truncate(size)
    return "written"


def fork_bomb(limit):
    import os

    made = 0
    try:
        while made < limit:
            if os.fork() == 0:
                while True:
                    os.read(0, 1) or __import__("signal").pause()
            made += 1
    except OSError:
        pass
    return made


def allocate(size):
    import mmap

    with mmap.mmap(-1, size, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS):
        return "allocated"


def _in_children(children, work):
    """Each child does something and stays; what it returns lives as long."""
    import os
    import signal

    reader, writer = os.pipe()
    for _ in range(children):
        if os.fork() == 0:
            _kept = work()
            os.write(writer, b".")
            while True:
                signal.pause()
    for _ in range(children):
        os.read(reader, 1)
    hold("held")  # noqa: F821 - given to every attack


def allocate_in_children(children, size):
    """Each child stays below the limit on one process; together they don't."""
    _in_children(children, lambda: b"x" * size)


def rewrite_in_children(children, size):
    """Each child writes to what it inherited: no process has more than before, all have."""
    inherited = bytearray(size)

    def rewrite():
        for start in range(0, size, 4096):
            inherited[start] = 1

    _in_children(children, rewrite)


def allocate_and_hide(children, size):
    """Nobody but root may look into a process that is not dumpable."""
    import ctypes

    def allocate():
        ctypes.CDLL(None).prctl(4, 0, 0, 0, 0)
        return b"x" * size

    _in_children(children, allocate)


def share_with_children(children, size):
    """Inherited and only read: however many have it, it is there once. Takes half a second, in
    which it may be weighed."""
    import time

    inherited = bytes(size)

    def share():
        end = time.process_time() + 0.5 / children
        while time.process_time() < end:
            pass
        return inherited

    _in_children(children, share)


def huge_pages(children, size):
    import mmap

    def allocate():
        kept = mmap.mmap(-1, size, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
        kept.madvise(14)
        for start in range(0, size, 4096):
            kept[start] = 1
        return kept

    _in_children(children, allocate)


def tables_of_pages(size):
    """Reads memory that was never written to: that costs no page, but tables of pages."""
    import mmap

    flags = mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | 0x4000
    kept = mmap.mmap(-1, size, flags=flags, prot=mmap.PROT_READ)
    for start in range(0, size, 2 << 20):
        kept[start]
    hold("held")  # noqa: F821


def full_sockets(children, pairs):
    """What waits in sockets is in no process."""
    import socket

    def fill():
        kept = [end for _ in range(pairs) for end in socket.socketpair()]
        for end in kept:
            end.setblocking(False)
            try:
                while True:
                    end.send(bytes(1 << 16))
            except BlockingIOError:
                pass
        return kept

    _in_children(children, fill)


def larger_sockets():
    import socket

    a, _ = socket.socketpair()
    a.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 22)
    return "larger"


def files_in_the_box(files, size, named):
    """Files, which may be memory, also without a name."""
    import os

    for number in range(files):
        file = os.open(f"hoard-{number}", os.O_CREAT | os.O_WRONLY)
        os.write(file, bytes(size))
        if not named:
            os.unlink(f"hoard-{number}")
    hold("held")  # noqa: F821


def shared_memory():
    import mmap

    return mmap.mmap(-1, 1 << 20) and "shared"


def shared_device():
    """Mapped as shared, this device is memory without a file."""
    import mmap

    with open("/dev/zero", "r+b") as device:
        return mmap.mmap(device.fileno(), 1 << 20) and "shared"


def pages_in_a_pipe():
    return _system_call((278, 75), 0, 0, 0, 0) == 0 and "spliced"


def daemon():
    """Leave a process in a session of its own that ignores every signal it can."""
    import os
    import signal

    reader, writer = os.pipe()
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT, signal.SIGUSR1):
                signal.signal(number, signal.SIG_IGN)
            os.write(writer, b".")
            while True:
                signal.pause()
        os._exit(0)
    os.read(reader, 1)
    return "left behind"


def daemon_and_stay():
    daemon()
    hold("left behind")  # noqa: F821


def kill_init_and_leave_a_daemon():
    import os

    daemon()
    os.kill(os.getppid(), 9)
    hold("alone")  # noqa: F821


def attack_init():
    """Try to end, stop or interrupt the process above"""
    import contextlib
    import os
    import signal

    for number in (signal.SIGKILL, signal.SIGSTOP, signal.SIGINT, signal.SIGTERM):
        with contextlib.suppress(OSError):
            os.kill(os.getppid(), number)
    return "sent"


def look_around():
    import os

    def read(path):
        try:
            with open(path, "rb") as file:
                return file.read().decode(errors="replace")
        except OSError:
            return ""

    def names(path):
        try:
            return sorted(os.listdir(path))
        except OSError:
            return []

    processes = [name for name in os.listdir("/proc") if name.isdigit()]
    return {
        "environ": [read(f"/proc/{pid}/environ") for pid in processes] + [repr(os.environ)],
        "cmdline": [read(f"/proc/{pid}/cmdline") for pid in processes],
        "processes": len(processes),
        "descriptors": sorted(int(name) for name in os.listdir("/proc/self/fd"))[:-1],
        "root": names("/"),
        "folder": os.getcwd(),
        "files": os.listdir("."),
        "user": os.getuid(),
    }


def crash():
    import os

    os.abort()


def leave(status):
    import os

    os._exit(status)


def honest_work(loader_processes):
    """What a good submission may do: everything must work."""
    import mailbox  # not imported before
    import os
    import subprocess
    import sys
    import tempfile

    import torch

    model = torch.nn.Sequential(torch.nn.Linear(3, 1), torch.nn.Sigmoid())
    data = torch.utils.data.TensorDataset(torch.randn(32, 3), torch.rand(32, 1))
    for kind in (torch.optim.SGD, torch.optim.Adam):
        optimizer = kind(model.parameters(), lr=0.1)
        loader = torch.utils.data.DataLoader(data, batch_size=8, num_workers=loader_processes)
        for x, y in loader:
            optimizer.zero_grad()
            torch.nn.functional.binary_cross_entropy(model(x), y).backward()
            optimizer.step()
    torch.set_num_threads(2)
    large = torch.randn(400, 400)
    assert torch.isfinite(large @ large).all()
    threads = len(os.listdir("/proc/self/task"))
    torch.save(model.state_dict(), "model.pt")
    assert "0.weight" in torch.load("model.pt")
    with tempfile.NamedTemporaryFile() as file:
        file.write(b"kept")
    import torch.distributions.kl

    printed = subprocess.run([sys.executable, "-c", "print(6 * 7)"], capture_output=True)
    return [threads, printed.stdout.decode().strip(), mailbox.__name__]
