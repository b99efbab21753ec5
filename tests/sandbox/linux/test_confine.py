"""Real attacks in a real confined worker, seen from outside where that is possible.

For each attack: it works where every layer is left off (or the test could not fail), and each
layer that is meant to stop it does so alone.
"""

import os
import select
import socket
import sys

import pytest

from autograder.sandbox.layers import LAYERS
from autograder.sandbox.linux.syscalls import effective_capabilities

from . import attacks
from .conftest import SECRET, everything_but

pytestmark = pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="only Linux can isolate a worker"
)
CAP_SYS_ADMIN = 1 << 21
as_root = pytest.mark.skipif(
    not sys.platform.startswith("linux")
    or os.geteuid() != 0
    or not effective_capabilities() & CAP_SYS_ADMIN,
    reason="the attack needs root to work at all",
)
REFUSED = {"PermissionError", "FileNotFoundError", "ProcessLookupError", "OSError"}
MiB = 1 << 20


@pytest.fixture
def alone(layers_here):
    """Layers to skip so that one is left; skips the test where the kernel refuses that one."""

    def skip(layer):
        on, detail = layers_here[layer]
        if not on or "no network namespace" in detail:
            pytest.skip(f"{layer} is off here: {detail}")
        return everything_but(layer)

    return skip


def test_every_layer_is_on_or_says_why_not(layers_here):
    assert tuple(layers_here) == LAYERS
    assert all(detail for _, detail in layers_here.values())


@as_root
def test_root_on_a_capable_kernel_gets_every_layer(layers_here):
    refused = {name: detail for name, (on, detail) in layers_here.items() if not on}
    if any("refused here" in detail for detail in refused.values()):
        pytest.skip(f"this container refuses namespaces: {refused}")
    assert not refused


def test_the_layers_are_also_seen_from_outside(forkserver, layers_here):
    with forkserver.worker(attacks.nothing) as (started, _):
        seen = started["seen"]
    for layer in seen.keys() & layers_here.keys():
        on, detail = layers_here[layer]
        assert seen[layer] or not on or "no network namespace" in detail, layer
    assert seen["no_new_privs"]
    assert seen["capabilities"]


def test_a_layer_that_was_left_off_is_seen_to_be_off(forkserver):
    with forkserver.worker(attacks.nothing, skip=LAYERS) as (started, _):
        assert not any(on for on, _ in started["layers"].values())
        assert not any(started["seen"][name] for name in ("pid", "network", "seccomp", "limits"))


# Files


def test_without_protection_the_answers_can_be_read(forkserver, secret):
    assert forkserver.attack(attacks.read_file, skip=LAYERS, path=str(secret))["result"] == SECRET


@pytest.mark.parametrize("layer", ["filesystem", "landlock"])
def test_the_answers_cannot_be_read(forkserver, alone, secret, layer):
    ended = forkserver.attack(attacks.read_file, skip=alone(layer), path=str(secret))
    assert ended["raised"] in REFUSED


def test_without_protection_a_file_elsewhere_can_be_written(forkserver, open_folder):
    target = open_folder / "results.json"
    forkserver.attack(attacks.write_file, skip=LAYERS, path=str(target))
    assert target.exists()


@pytest.mark.parametrize("layer", ["filesystem", "landlock"])
def test_no_file_outside_the_box_can_be_written(forkserver, alone, open_folder, layer):
    target = open_folder / "results.json"
    ended = forkserver.attack(attacks.write_file, skip=alone(layer), path=str(target))
    assert ended["raised"] in REFUSED
    assert not target.exists()


def test_files_of_the_box_are_gone_for_the_next_worker(forkserver):
    written = forkserver.attack(attacks.write_file, path="message")
    assert written["result"] == "written"
    assert not written["left"]
    assert forkserver.attack(attacks.look_around)["result"]["files"] == []


def test_the_disk_is_bounded_over_all_folders(forkserver, alone):
    alone("filesystem")
    ended = forkserver.attack(attacks.fill_disk, policy={"disk_bytes": 4 * MiB}, total=8 * MiB)
    assert 0 < ended["result"] <= 4 * MiB


def test_the_number_of_files_is_bounded(forkserver, alone):
    alone("filesystem")
    ended = forkserver.attack(attacks.many_files, policy={"disk_bytes": 4 * MiB}, count=2000)
    assert ended["result"] < 2000


def test_one_file_is_bounded(forkserver, alone):
    policy, size = {"disk_bytes": 4 * MiB}, 5 * MiB
    free = forkserver.attack(attacks.one_large_file, skip=LAYERS, policy=policy, size=size)
    bound = forkserver.attack(
        attacks.one_large_file, skip=alone("limits"), policy=policy, size=size
    )
    assert free["result"] == "written"
    assert bound["raised"] == "OSError"


# Network


@pytest.fixture
def listener():
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server


def has_caller(server):
    return bool(select.select([server], [], [], 0)[0])


def test_without_protection_a_connection_arrives(forkserver, listener):
    port = listener.getsockname()[1]
    assert forkserver.attack(attacks.connect_tcp, skip=LAYERS, port=port)["result"] == "connected"
    assert has_caller(listener)


@pytest.mark.parametrize("layer", ["network", "seccomp", "landlock"])
def test_no_connection_arrives(forkserver, alone, listener, layer):
    port = listener.getsockname()[1]
    ended = forkserver.attack(attacks.connect_tcp, skip=alone(layer), port=port)
    assert ended["raised"] in REFUSED
    assert not has_caller(listener)


@pytest.fixture
def abstract_listener():
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(f"\0autograder-test-{os.getpid()}")
        server.listen()
        yield server


def test_without_protection_an_abstract_socket_can_be_reached(forkserver, abstract_listener):
    name = abstract_listener.getsockname()[1:].decode()
    assert "result" in forkserver.attack(attacks.connect_abstract, skip=LAYERS, name=name)
    assert has_caller(abstract_listener)


@pytest.mark.parametrize("layer", ["network", "landlock"])
def test_no_abstract_socket_can_be_reached(forkserver, alone, abstract_listener, layer):
    name = abstract_listener.getsockname()[1:].decode()
    ended = forkserver.attack(attacks.connect_abstract, skip=alone(layer), name=name)
    assert "raised" in ended
    assert not has_caller(abstract_listener)


# Other processes


def limits_of(process):
    with open(f"/proc/{process.pid}/limits") as limits:
        return limits.read()


def test_without_protection_a_process_of_the_grader_can_be_killed(forkserver, victim):
    forkserver.attack(attacks.kill_process, skip=LAYERS, pid=victim.pid)
    assert victim.wait(60) == -9


@pytest.mark.parametrize("layer", ["pid", "landlock"])
def test_no_process_of_the_grader_can_be_killed(forkserver, alone, victim, layer):
    ended = forkserver.attack(attacks.kill_process, skip=alone(layer), pid=victim.pid)
    assert ended["raised"] in REFUSED
    assert victim.poll() is None


@as_root
@pytest.mark.parametrize("attack", [attacks.kill_process, attacks.limit_process])
def test_a_worker_of_another_user_cannot_hurt_the_grader(forkserver, alone, victim, attack):
    """With a private root, in which another user can read an interpreter below /root."""
    ended = forkserver.attack(attack, skip=alone("user") - {"filesystem"}, pid=victim.pid)
    assert ended["raised"] == "PermissionError"
    assert victim.poll() is None


INTERFERENCE = [attacks.limit_process, attacks.renice_process, attacks.pin_process]


@pytest.mark.parametrize("attack", [*INTERFERENCE, attacks.trace_process])
def test_without_protection_a_process_of_the_grader_can_be_tampered_with(
    forkserver, victim, attack
):
    assert "result" in forkserver.attack(attack, skip=LAYERS, pid=victim.pid)


@pytest.mark.parametrize("attack", [*INTERFERENCE, attacks.trace_process])
@pytest.mark.parametrize("layer", ["pid", "seccomp"])
def test_no_process_of_the_grader_can_be_tampered_with(forkserver, alone, victim, attack, layer):
    before = limits_of(victim), os.getpriority(os.PRIO_PROCESS, victim.pid)
    ended = forkserver.attack(attack, skip=alone(layer), pid=victim.pid)
    assert ended["raised"] in REFUSED
    assert (limits_of(victim), os.getpriority(os.PRIO_PROCESS, victim.pid)) == before
    assert os.sched_getaffinity(victim.pid) == os.sched_getaffinity(0)


def test_init_cannot_be_attacked_by_its_worker(forkserver, alone):
    alone("pid")
    ended = forkserver.attack(attacks.attack_init)
    assert ended["result"] == "sent"
    assert ended["status"] == "0\n"


# System calls


@pytest.mark.parametrize(
    "attack",
    [
        attacks.use_io_uring,
        attacks.use_keyring,
        attacks.memory_file,
        attacks.shared_segment,
        attacks.larger_sockets,
        attacks.pages_in_a_pipe,
        pytest.param(attacks.new_network, marks=as_root),
    ],
)
def test_calls_without_business_are_refused_by_seccomp_alone(forkserver, alone, attack):
    assert forkserver.attack(attack, skip=alone("seccomp"))["raised"] == "PermissionError"
    free = forkserver.attack(attack, skip=LAYERS)
    assert "result" in free or "not implemented" in free["message"], "the attack does nothing here"


def test_there_is_no_shared_memory_without_a_file(forkserver, contained_forkserver):
    for server in (forkserver, contained_forkserver):
        ended = server.attack(attacks.shared_memory)
        assert ended["raised"] == "OSError"
        assert "allocate memory" in ended["message"]
        assert server.attack(attacks.shared_device)["raised"] in REFUSED
        for attack in (attacks.shared_memory, attacks.shared_device):
            assert server.attack(attack, skip=LAYERS)["result"] == "shared"


@as_root
def test_nothing_can_be_mounted(forkserver, alone, open_folder):
    """Never tried without protection: it would change the machine."""
    for layer in ("seccomp", "landlock"):
        ended = forkserver.attack(
            attacks.mount_tmpfs, skip=alone(layer) - {"filesystem"}, path="/tmp"
        )
        assert ended["raised"] == "PermissionError"
    free = forkserver.attack(attacks.mount_tmpfs, skip=everything_but("filesystem"), path="/tmp")
    assert free["result"] == "mounted"


@pytest.mark.skipif(os.uname().machine != "x86_64", reason="x32 is a numbering of x86_64")
def test_a_call_by_a_foreign_numbering_kills_the_worker(forkserver, alone):
    alone("seccomp")
    assert forkserver.attack(attacks.foreign_call)["status"] == "-31\n"


# Resources


def test_a_fork_bomb_is_bounded_and_nothing_of_it_survives(forkserver, alone):
    alone("limits")
    ended = forkserver.attack(attacks.fork_bomb, policy={"processes": 20}, limit=300)
    shared_count = "(of the user)" in ended["layers"]["limits"][1]
    assert ended["result"] < (300 if shared_count else 20)
    assert not ended["survivors"]
    free = forkserver.attack(attacks.fork_bomb, skip=everything_but("pid"), limit=30)
    assert free["result"] == 30
    assert not free["survivors"]


def test_memory_of_one_process_is_bounded(forkserver, alone):
    policy, size = {"memory_bytes": 64 * MiB}, 80 * MiB
    free = forkserver.attack(attacks.allocate, skip=LAYERS, policy=policy, size=size)
    bound = forkserver.attack(attacks.allocate, skip=alone("limits"), policy=policy, size=size)
    fits = forkserver.attack(attacks.allocate, policy=policy, size=size // 2)
    assert free["result"] == fits["result"] == "allocated"
    assert bound["raised"] == "OSError"


HOARDS = {
    attacks.allocate_in_children: {"children": 4, "size": 60 * MiB},
    attacks.rewrite_in_children: {"children": 4, "size": 60 * MiB},
    attacks.allocate_and_hide: {"children": 4, "size": 60 * MiB},
    attacks.huge_pages: {"children": 4, "size": 60 * MiB},
    attacks.tables_of_pages: {"size": 120 << 30},
    attacks.full_sockets: {"children": 8, "pairs": 100},
}
"""None of the processes takes 128 MiB for itself; all together do."""


def hoard(server, attack, arguments):
    """How an attack ends which holds what it has until it is ended."""
    with server.worker(attack, policy={"memory_bytes": 128 * MiB}, **arguments) as (_, ending):
        struck = server.ask("strike")
        server.ask("wait")
    return struck | ending


@pytest.mark.parametrize("attack", HOARDS, ids=lambda attack: attack.__name__)
@pytest.mark.parametrize("where", ["forkserver", "contained_forkserver"])
def test_memory_of_all_processes_together_is_bounded(request, where, attack):
    ended = hoard(request.getfixturevalue(where), attack, HOARDS[attack])
    assert ended["status"] == "memory\n"
    assert not ended["survivors"]


@pytest.mark.parametrize("where", ["forkserver", "contained_forkserver"])
def test_memory_that_is_shared_counts_once(request, where):
    server = request.getfixturevalue(where)
    arguments, policy = {"children": 8, "size": 60 * MiB}, {"memory_bytes": 128 * MiB}
    with server.worker(attacks.share_with_children, policy=policy, **arguments) as (_, ending):
        assert server.ask("strike")["result"] == "held"
    assert ending["status"] != "memory\n"


@pytest.mark.parametrize("named", [True, False])
def test_files_are_bounded_by_the_private_root_or_weighed(forkserver, contained_forkserver, named):
    arguments = {"files": 3, "size": 60 * MiB, "named": named}
    full = hoard(forkserver, attacks.files_in_the_box, arguments)
    heavy = hoard(contained_forkserver, attacks.files_in_the_box, arguments)
    assert full["raised"] == "OSError"
    assert heavy["status"] == "memory\n"
    assert not heavy["left"]


def test_memory_is_weighed_exactly(forkserver):
    """What all have inherited and none has written to weighs once at most."""
    arguments = {"children": 4, "size": 60 * MiB}
    with forkserver.worker(attacks.rewrite_in_children, **arguments):
        assert not forkserver.ask("memory", limit=30 * MiB)["over"]
        assert forkserver.ask("strike")["result"] == "held"
        measured = forkserver.ask("memory", limit=280 * MiB)
    assert measured["over"]
    assert 300 * MiB <= measured["exact"] <= 330 * MiB


# Endings


@pytest.mark.parametrize(
    "skip", [(), ("pid",), everything_but("limits")], ids=["", "no pid", "limits"]
)
@pytest.mark.parametrize("attack", [attacks.daemon, attacks.daemon_and_stay])
def test_a_daemon_is_dead_after_kill(forkserver, attack, skip):
    ended = forkserver.attack(attack, skip=skip)
    assert ended["result"] == "left behind"
    assert not ended["survivors"]


@pytest.mark.parametrize("skip", [(), ("pid",), everything_but("kill")], ids=["", "no pid", "kill"])
def test_everything_dies_with_the_forkserver(start_forkserver, skip):
    reader, writer = os.pipe()
    server = start_forkserver(str(writer), pass_fds=[writer])
    os.close(writer)
    server.start(attacks.daemon_and_stay, skip=skip)
    server.ask("strike")
    assert not select.select([reader], [], [], 0)[0], "the daemon does not hold the pipe"
    server.process.kill()
    assert select.select([reader], [], [], 60)[0], "something survived the forkserver"
    assert os.read(reader, 1) == b""
    os.close(reader)


@pytest.mark.parametrize(
    ("attack", "arguments", "status"),
    [
        (attacks.nothing, {}, "0\n"),
        (attacks.leave, {"status": 7}, "7\n"),
        (attacks.crash, {}, "-6\n"),
    ],
)
@pytest.mark.parametrize("skip", [(), LAYERS], ids=["confined", "free"])
def test_init_says_how_the_worker_ended(forkserver, attack, arguments, status, skip):
    assert forkserver.attack(attack, skip=skip, **arguments)["status"] == status


# What a worker is given


def test_a_worker_sees_little(forkserver, alone, monkeypatch):
    monkeypatch.setenv("GRADER_TOKEN", SECRET)
    alone("filesystem")
    alone("pid")
    seen = forkserver.attack(attacks.look_around)["result"]
    assert SECRET not in str(seen["environ"]) + str(seen["cmdline"])
    assert seen["processes"] == 2
    assert seen["root"] == [], "Landlock lets nobody list the root folder"
    assert seen["folder"] == "/box"
    assert seen["files"] == []
    assert len(seen["descriptors"]) == 5, "three streams and the two that were asked for"


def test_a_private_root_holds_only_what_was_listed(forkserver, alone):
    alone("filesystem")
    seen = forkserver.attack(attacks.look_around, skip={"landlock"})["result"]
    assert not {"home", "srv", "opt", "var", ".outside", ".scratch"} & set(seen["root"])


@as_root
def test_two_workers_are_two_users(forkserver, alone):
    alone("user")
    users = {forkserver.attack(attacks.look_around)["result"]["user"] for _ in range(2)}
    assert len(users) == 2
    assert not users & {0, os.getuid()}


def test_torch_works_in_a_confined_worker(torch_forkserver, layers_here):
    apart = layers_here["filesystem"][0] or "user namespace" not in layers_here["user"][1]
    ended = torch_forkserver.attack(attacks.honest_work, loader_processes=int(apart))
    assert "result" in ended, ended
    threads, printed, module = ended["result"]
    assert threads >= 2
    assert printed == "42"
    assert module == "mailbox"
