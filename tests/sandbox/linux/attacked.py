"""A forkserver for tests: run by exec, it starts one worker at a time and attacks from inside it.

Requests and answers are lines of JSON on stdin and stdout. With `--refuse-namespaces` it first
puts itself under the seccomp filter, as a container's runtime would: no namespace can be made.
"""

import json
import os
import select
import sys

REPOSITORY, *OPTIONS = sys.argv[1:]
sys.path.insert(0, REPOSITORY)
if "--torch" in OPTIONS:
    import torch.utils.data  # noqa: F401

from autograder.sandbox.linux import confine, probe, seccomp, syscalls, weigh  # noqa: E402

DEADLINE_SECONDS = 30


def body_for(request, channel, go):
    def body(layers):
        def send(**message):
            os.write(channel, json.dumps(message).encode() + b"\n")

        def hold(result):
            send(result=result, held=True)
            while os.read(go, 1):
                pass
            os._exit(0)

        send(layers={layer.name: [layer.on, layer.detail] for layer in layers})
        os.read(go, 1)
        namespace = {"hold": hold}
        try:
            exec(request["source"], namespace)
            result = namespace[request["attack"]](**request["arguments"])
        except BaseException as error:
            send(raised=type(error).__name__, message=str(error))
        else:
            send(result=result)
        os._exit(0)

    return body


class Attack:
    """One worker: `answer` is filled with what it sends; one line at a time."""

    def __init__(self, request):
        channel_in, channel_out = os.pipe()
        go_in, self.go = os.pipe()
        self.status, status_out = os.pipe()
        policy = confine.Policy(**{**request["policy"], "skip": frozenset(request["skip"])})
        # the last descriptor is inherited from the test, which sees when all holders are gone
        keep = {channel_out, go_in, *(int(o) for o in OPTIONS if o.isdigit())}
        body = body_for(request, channel_out, go_in)
        self.spawned = confine.spawn(
            policy, body, streams=(None, 2), keep_fds=keep, status_fd=status_out
        )
        for descriptor in (channel_out, go_in, status_out):
            os.close(descriptor)
        self.channel = channel_in
        self.buffer = b""

    def line(self):
        """The next message; {} at the end of all that hold the channel."""
        while b"\n" not in self.buffer:
            if not select.select([self.channel], [], [], DEADLINE_SECONDS)[0]:
                return {"raised": "Deadline"}
            if not (more := os.read(self.channel, 65536)):
                return {}
            self.buffer += more
        line, _, self.buffer = self.buffer.partition(b"\n")
        return json.loads(line)

    def start(self):
        answer = self.line()
        worker = probe.worker_pid(self.spawned.pid)
        seen = probe.probe(worker) if worker else {}
        return answer | {"init": self.spawned.pid, "worker": worker, "seen": seen}

    def strike(self):
        os.write(self.go, b"x")
        return self.line()

    def end(self):
        """Kill; say how the worker ended and whether anything still holds its channel."""
        confine.kill(self.spawned)
        os.set_blocking(self.channel, False)
        try:
            while os.read(self.channel, 65536):
                pass
            survivors = False
        except BlockingIOError:
            survivors = True
        status = os.read(self.status, 4096).decode()
        for descriptor in (self.channel, self.go, self.status):
            os.close(descriptor)
        left = os.path.exists(self.spawned.box)
        return {"status": status, "survivors": survivors, "left": left}

    def memory(self, limit):
        scale = weigh.Scale(self.spawned.pid, limit)
        return {"over": scale.over(), "exact": scale.exact()}

    def wait(self):
        """Wait for the worker to end by itself."""
        select.select([self.status], [], [], DEADLINE_SECONDS)
        return {}


def main():
    confine.prepare()
    if "--refuse-namespaces" in OPTIONS:
        syscalls.prctl(syscalls.Prctl.SET_NO_NEW_PRIVS, 1)
        seccomp.install(seccomp.program(own_signals_only=None, hidden_memory=True))
    attack = None
    for line in sys.stdin:
        request = json.loads(line)
        command = request["command"]
        if command == "start":
            attack = Attack(request)
            answer = attack.start()
        elif command == "memory":
            answer = attack.memory(request["limit"])
        else:
            answer = getattr(attack, command)()
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
