"""Where the kernel or a container refuses a layer, the others go on and the refusal is said."""

import shutil
import socket
import subprocess
import sys

import pytest

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


def test_no_service_of_the_same_user_can_be_reached(contained_forkserver, layers, open_folder):
    """A user's service manager, which listens on such a socket, runs commands for its user."""
    if layers["user"][0]:
        pytest.skip("the worker is another user")
    path = str(open_folder / "service")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(path)
        server.listen()
        ended = contained_forkserver.attack(attacks.connect_service, path=path)
        free = contained_forkserver.attack(attacks.connect_service, skip={"seccomp"}, path=path)
    assert ended["raised"] == "PermissionError"
    assert free["result"] == "connected"


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
