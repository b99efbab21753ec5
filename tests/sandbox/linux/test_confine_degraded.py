"""Where the kernel or a container refuses a layer, the others go on and the refusal is said."""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from autograder.sandbox.linux import leftovers

from . import attacks

pytestmark = pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="only Linux can isolate a worker"
)

EXEMPT = "the kernel exempts root"
"""A limit on processes means nothing to root, even if it is mapped to an ordinary user."""


@pytest.fixture(scope="module")
def layers(contained_forkserver):
    return contained_forkserver.attack(attacks.nothing)["layers"]


def test_refused_namespaces_are_off_with_a_reason(layers):
    for name in ("pid", "filesystem", "ipc"):
        on, detail = layers[name]
        assert not on
        assert "namespaces are refused here" in detail


def test_what_needs_no_namespace_stays_on(layers):
    assert layers["seccomp"][0]
    assert layers["limits"][0] or EXEMPT in layers["limits"][1]
    assert layers["kill"][0]
    on, detail = layers["network"]
    assert on
    assert "no network namespace" in detail


def test_landlock_still_hides_the_answers(contained_forkserver, layers, secret):
    if not layers["landlock"][0]:
        pytest.skip(layers["landlock"][1])
    ended = contained_forkserver.attack(attacks.read_file, path=str(secret))
    assert ended["raised"] == "PermissionError"


def test_landlock_still_hides_the_environment_of_the_grader(contained_forkserver, layers, victim):
    if not layers["landlock"][0]:
        pytest.skip(layers["landlock"][1])
    ended = contained_forkserver.attack(attacks.read_file, path=f"/proc/{victim.pid}/environ")
    assert ended["raised"] == "PermissionError"


@pytest.mark.parametrize(
    ("attack", "kind"),
    [
        (attacks.connect_service, socket.SOCK_STREAM),
        (attacks.write_to_service, socket.SOCK_DGRAM),
    ],
)
def test_no_service_of_the_host_can_be_reached(contained_forkserver, open_folder, attack, kind):
    """A user's service manager, which listens on such a socket, runs commands for its user; and
    one that anyone may write to listens to any user."""
    path = str(open_folder / "service")
    with socket.socket(socket.AF_UNIX, kind) as server:
        server.bind(path)
        os.chmod(path, 0o777)
        if kind == socket.SOCK_STREAM:
            server.listen()
        ended = contained_forkserver.attack(attack, path=path)
        free = contained_forkserver.attack(attack, skip={"seccomp"}, path=path)
    assert ended["raised"] == "PermissionError"
    assert free["result"] == "connected"


def test_what_other_processes_were_started_with_cannot_be_read(contained_forkserver, layers):
    if not layers["landlock"][0]:
        pytest.skip(layers["landlock"][1])
    with subprocess.Popen(["sleep", "60"]) as other:
        path = f"/proc/{other.pid}/cmdline"
        ended = contained_forkserver.attack(attacks.read_file, path=path)
        own = contained_forkserver.attack(attacks.read_file, path="/proc/self/cmdline")
        free = contained_forkserver.attack(attacks.read_file, skip={"landlock"}, path=path)
        other.kill()
    assert ended["raised"] == "PermissionError"
    assert "attacked" in own["result"]
    assert "sleep" in free["result"]


def test_refused_sockets_are_seen_from_outside_as_no_network(contained_forkserver):
    started = contained_forkserver.attack(attacks.nothing)
    assert started["seen"]["network"]
    free = contained_forkserver.attack(attacks.nothing, skip={"seccomp"})
    assert not free["seen"]["network"]
    assert not free["layers"]["network"][0]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can make files of another user")
def test_nothing_of_a_workers_user_is_left(tmp_path, open_folder):
    """In /dev/shm, and where no Landlock was there in whatever anyone may write to."""
    user, other = 1_950_000_001, 1_950_000_002
    box = tmp_path / "box"
    shared = Path(tempfile.mkdtemp(dir="/dev/shm"))
    kept = [shared / "kept", open_folder / "kept"]
    mine = [shared / "mine", shared / "folder" / "deep", open_folder.parent / f"left-{user}"]
    (shared / "folder").mkdir()
    box.mkdir()
    for path in (*kept, *mine):
        path.write_text("answers")
        os.chown(path, other if path in kept else user, -1)
    os.chown(shared / "folder", user, -1)
    (shared / "link").symlink_to(open_folder)
    os.chown(shared / "link", user, -1, follow_symlinks=False)

    leftovers.remove(str(box), user, everywhere=True)

    assert sorted(shared.iterdir()) == [shared / "kept"]
    assert all(path.exists() for path in kept)
    assert not box.exists()
    assert not mine[-1].exists()
    shutil.rmtree(shared)


def test_folders_that_a_container_lacks_are_passed_over(tmp_path, monkeypatch):
    monkeypatch.setattr(leftovers, "SHARED_MEMORY", str(tmp_path / "shm"))
    monkeypatch.setattr(leftovers, "OPEN_TO_ALL", (str(tmp_path / "lock"),))
    box = tmp_path / "box"
    box.mkdir()

    leftovers.remove(str(box), 1_950_000_001, everywhere=True)

    assert not box.exists()


HAND_OVER = """
import multiprocessing, sys
import torch
from autograder.sandbox.linux import seccomp, syscalls
from autograder.sandbox.worker import by_value
syscalls.prctl(syscalls.Prctl.SET_NO_NEW_PRIVS, 1)
seccomp.install(seccomp.program(unix_sockets=False))
if sys.argv[1] == "by value":
    by_value.where_sockets_are_refused(torch)
with multiprocessing.Pool(1) as pool:
    print(pool.apply(torch.add, (torch.ones(2, 3), torch.nn.Parameter(torch.ones(3)))).tolist())
"""


@pytest.mark.parametrize("how", ["by value", "as torch does"])
def test_tensors_get_to_other_processes_without_a_socket(how):
    done = subprocess.run(
        [sys.executable, "-c", HAND_OVER, how], capture_output=True, text=True, check=False
    )
    works = done.stdout == "[[2.0, 2.0, 2.0], [2.0, 2.0, 2.0]]\n"
    assert works == (how == "by value"), done.stderr


def test_seccomp_still_refuses_connections(contained_forkserver):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        ended = contained_forkserver.attack(attacks.connect_tcp, port=port)
    assert ended["raised"] == "PermissionError"


@pytest.mark.parametrize("skip", [(), ("landlock",)], ids=["landlock", "seccomp"])
def test_the_grader_still_cannot_be_killed(contained_forkserver, victim, skip):
    """Landlock (ABI 6) keeps signals in; without it seccomp refuses all but to oneself."""
    ended = contained_forkserver.attack(attacks.kill_process, skip=skip, pid=victim.pid)
    assert ended["raised"] == "PermissionError"
    assert victim.poll() is None


@pytest.mark.parametrize("attack", [attacks.daemon, attacks.daemon_and_stay])
def test_a_daemon_is_still_hunted_down(contained_forkserver, attack):
    ended = contained_forkserver.attack(attack)
    assert ended["result"] == "left behind"
    assert not ended["survivors"]


def test_the_box_is_removed(contained_forkserver):
    ended = contained_forkserver.attack(attacks.write_file, path="message")
    assert ended["result"] == "written"
    assert not ended["left"]


def test_init_killed_by_its_worker_leaves_nothing(forkserver):
    """Without any layer the worker can kill its supervisor; its orphans are still found."""
    skip = {"pid", "landlock", "user", "kill", "seccomp"}
    ended = forkserver.attack(attacks.kill_init_and_leave_a_daemon, skip=skip)
    assert ended["result"] == "alone"
    assert not ended["survivors"]


@pytest.fixture
def as_ordinary_user(start_forkserver):
    """A forkserver without any right of root."""
    command = ("unshare", "--user", "--map-user=1000", "--map-group=1000", "--")
    if not shutil.which(command[0]) or subprocess.run([*command, "true"]).returncode:
        pytest.skip("user namespaces are refused here")
    return start_forkserver(prefix=command)


def test_an_ordinary_user_gets_a_user_namespace(as_ordinary_user, secret):
    ended = as_ordinary_user.attack(attacks.read_file, path=str(secret))
    assert ended["raised"] == "FileNotFoundError"
    off = {
        name for name, (on, detail) in ended["layers"].items() if not on and EXEMPT not in detail
    }
    assert not off
    assert "user namespace" in ended["layers"]["user"][1]
    assert ended["seen"]["user"]
    assert ended["seen"]["filesystem"]


@pytest.mark.parametrize("attack", [attacks.rewrite_in_children, attacks.allocate_and_hide])
def test_memory_is_weighed_for_an_ordinary_user(as_ordinary_user, attack):
    arguments = {"children": 4, "size": 60 << 20}
    with as_ordinary_user.worker(attack, policy={"memory_bytes": 128 << 20}, **arguments) as (
        _,
        ending,
    ):
        as_ordinary_user.ask("strike")
        as_ordinary_user.ask("wait")
    assert ending["status"] == "memory\n"


def test_an_ordinary_users_shared_memory_counts_once(as_ordinary_user):
    arguments, policy = {"children": 8, "size": 60 << 20}, {"memory_bytes": 128 << 20}
    with as_ordinary_user.worker(attacks.share_with_children, policy=policy, **arguments) as (
        _,
        ending,
    ):
        assert as_ordinary_user.ask("strike")["result"] == "held"
    assert ending["status"] != "memory\n"
