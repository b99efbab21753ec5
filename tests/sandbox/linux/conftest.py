"""A confined worker to attack, and the means to look at it from outside."""

import inspect
import json
import os
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest

from autograder.sandbox.layers import LAYERS

HERE = Path(__file__).parent
REPOSITORY = HERE.parents[2]
SECRET = "correct-horse-battery-staple"


class Forkserver:
    """The process of `attacked.py`; `attack` runs one attack in a worker of it."""

    def __init__(self, *options, prefix=(), pass_fds=()):
        command = [*prefix, sys.executable, "-I", HERE / "attacked.py", REPOSITORY, *options]
        self.process = subprocess.Popen(
            [str(part) for part in command],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={"PATH": os.defpath, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
            pass_fds=pass_fds,
            cwd="/",
        )

    def ask(self, command, **request):
        line = json.dumps({"command": command, **request}) + "\n"
        self.process.stdin.write(line.encode())
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        assert answer, f"the forkserver ended during {command}"
        return json.loads(answer)

    def start(self, attack, *, skip=(), policy=None, **arguments):
        """A confined worker that waits to attack; what is seen of it so far."""
        source = inspect.getsource(inspect.getmodule(attack))
        request = {"source": source, "attack": attack.__name__, "arguments": arguments}
        return self.ask("start", skip=sorted(skip), policy=policy or {}, **request)

    @contextmanager
    def worker(self, attack, **options):
        """The same, ended afterwards: then the second value says how."""
        started, ending = self.start(attack, **options), {}
        try:
            yield started, ending
        finally:
            ending |= self.ask("end")

    def attack(self, attack, *, skip=(), policy=None, **arguments):
        """Run one attack to its end; {"result": ...} or {"raised": ...} and how it ended."""
        with self.worker(attack, skip=skip, policy=policy, **arguments) as (started, ending):
            outcome = self.ask("strike")
            if not outcome.get("held"):
                self.ask("wait")
        return started | outcome | ending

    def stop(self):
        self.process.stdin.close()
        self.process.wait(60)
        self.process.stdout.close()


def everything_but(*layers):
    """Names of layers to skip so that only these are left."""
    return set(LAYERS) - set(layers)


@pytest.fixture(scope="session")
def forkserver():
    server = Forkserver()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def contained_forkserver():
    """In a container whose runtime refuses namespaces."""
    server = Forkserver("--refuse-namespaces")
    yield server
    server.stop()


@pytest.fixture(scope="session")
def torch_forkserver():
    server = Forkserver("--torch")
    yield server
    server.stop()


@pytest.fixture
def start_forkserver():
    servers = []

    def start(*options, **arguments):
        servers.append(Forkserver(*options, **arguments))
        return servers[-1]

    yield start
    for server in servers:
        server.process.kill()
        server.process.wait(60)
        server.process.stdin.close()
        server.process.stdout.close()


@pytest.fixture(scope="session")
def layers_here(forkserver):
    """Layer -> (on, detail) of a worker with nothing skipped, on this machine."""
    from . import attacks

    return forkserver.attack(attacks.nothing)["layers"]


@pytest.fixture
def victim():
    """A process of the grader's user that an attack may try to hurt."""
    with subprocess.Popen(["sleep", "60"]) as process:
        yield process
        process.kill()


@pytest.fixture
def open_folder():
    """A folder that anyone on this machine can read and write."""
    import shutil
    import tempfile

    path = Path(tempfile.mkdtemp(dir="/var/tmp"))
    path.chmod(0o777)
    yield path
    shutil.rmtree(path)


@pytest.fixture
def secret(open_folder):
    path = open_folder / "answers"
    path.write_text(SECRET)
    path.chmod(0o644)
    return path
