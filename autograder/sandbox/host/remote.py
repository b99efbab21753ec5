"""`student.criterion(p, y)` in a check: calls that travel, results that stay where they are.

A `Subject` is a submission (or the reference) as a check sees it; a `Remote` is something in
its worker: an entry point, a module, the result of a call. Attributes and items of a Remote
are read lazily, in one message with the call that needs them. The result of a call keeps
both: its value, if it is plain data, and its number in the worker, so that it can be passed
back as it is (a loss with its graph, a model with its state).
"""

from __future__ import annotations

import ast
import functools
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from autograder.sandbox import wire
from autograder.sandbox.host.pipeline import Reply
from autograder.sandbox.outcomes import StudentFault


class Asker(Protocol):
    """Whoever answers requests: a Session, or the cache of the reference's answers."""

    trusted: bool
    """Whether the answers are those of the course's own code."""

    def ask(self, request: dict[str, Any], buffers: list[bytes]) -> Reply: ...


@dataclass(frozen=True, slots=True)
class Call:
    """What was called and with what; `judge.wording` puts it into words where it is needed.

    `name` as a reader knows it ("criterion", "model"); `given` are (parameter name, value) pairs.
    `is_helper`: an author's function, of which the student has never heard. `elsewhere`: with all
    tensors on another device than the CPU.
    """

    name: str
    given: tuple[tuple[str, Any], ...] = ()
    is_helper: bool = False
    elsewhere: bool = False


class Subject:
    """A submission, or the reference, as a check sees it: its entry points and its torch.

    `entry_points` maps each name to its parameter names.
    """

    def __init__(self, asker: Asker, entry_points: Mapping[str, tuple[str, ...]]):
        self._asker = asker
        self._entry_points = entry_points
        self._defined: dict[tuple[str, str], Remote] = {}

    def __getattr__(self, name: str) -> Remote:
        if name.startswith("_"):
            raise AttributeError(name)
        if name == "torch":
            return Remote(self._asker, {"m": True}, label="torch")
        if name not in self._entry_points:
            known = ", ".join(self._entry_points)
            raise AttributeError(f"{name} is no entry point of this exercise; it has {known}")
        return Remote(self._asker, {"e": name}, label=name, parameters=self._entry_points[name])

    def define(self, source: str, name: str) -> Remote:
        """Runs the author's `source` in the worker; the Remote of what it calls `name`.

        Once for each check: asked again for the same, it is the same Remote.
        """
        if (source, name) not in self._defined:
            reply = self._asker.ask({"op": "define", "source": source, "name": name}, [])
            self._defined[source, name] = Remote(
                self._asker,
                {"r": reply.ref},
                reply=reply,
                label=name,
                parameters=_parameters_of(source, name),
                is_helper=True,
            )
        return self._defined[source, name]

    def watch(self, target: Remote, *args: Any, **kwargs: Any) -> Remote:
        """Calls `target`, and notes which operations torch is asked for meanwhile, by whatever way;
        `expect(...).is_by_hand` judges them. Backward is not watched."""
        return target._called(args, kwargs, {"watch": True})

    def bend(self, operations: Collection[str], target: Remote, *args: Any) -> Remote:
        """Calls `target` while torch gives wrong results for these operations: an answer that was
        built from them is another one then."""
        return target._called(args, {}, {"bend": sorted(operations)})

    def elsewhere(self, target: Remote, *args: Any, **kwargs: Any) -> Remote:
        """Calls `target` with all tensors and modules on a GPU, or on a pretended one where none
        is used; what it returns is on the CPU again, a module that was moved is not."""
        return target._called(args, kwargs, {"elsewhere": True})


@functools.cache
def _parameters_of(source: str, name: str) -> tuple[str, ...]:
    """The parameter names of a function in an author's source; () for anything else."""
    for node in ast.parse(source).body:
        if isinstance(node, ast.FunctionDef) and node.name == name:
            return tuple(arg.arg for arg in (*node.args.posonlyargs, *node.args.args))
    return ()


class Remote:
    """Something in the worker. Call it, read it, index it, pass it back; `plain` unwraps it."""

    __slots__ = (
        "_asker", "_base", "_call", "_is_helper", "_label", "_parameters", "_path", "_reply",
    )  # fmt: skip

    def __init__(
        self,
        asker: Asker,
        base: dict[str, Any],
        *,
        path: tuple[Any, ...] = (),
        reply: Reply | None = None,
        label: str = "",
        parameters: tuple[str, ...] = (),
        call: Call | None = None,
        is_helper: bool = False,
    ):
        self._asker = asker
        self._base = base
        self._path = path
        self._reply = reply
        self._label = label
        self._parameters = parameters
        self._call = call
        self._is_helper = is_helper

    def __repr__(self) -> str:
        return f"<Remote {self._label}>"

    def __getattr__(self, name: str) -> Remote:
        if name.startswith("_"):
            raise AttributeError(name)
        return self._step(name, f"{self._label}.{name}")

    def __getitem__(self, key: int | str) -> Remote:
        return self._step([key], f"{self._label}[{key!r}]")

    def __iter__(self) -> Any:
        raise TypeError("a Remote can't be iterated: use plain(...), or index it")

    def __eq__(self, other: object) -> bool:
        raise TypeError("a Remote can't be compared here: use expect(...).equals(...)")

    __hash__ = None  # type: ignore[assignment]

    def __bool__(self) -> bool:
        raise TypeError("a Remote has no truth value: use plain(...) or expect(...)")

    def _step(self, step: Any, label: str) -> Remote:
        return Remote(self._asker, self._base, path=(*self._path, step), label=label)

    def __call__(self, *args: Any, **kwargs: Any) -> Remote:
        return self._called(args, kwargs, {})

    def _called(
        self, args: tuple[Any, ...], kwargs: dict[str, Any], options: dict[str, Any]
    ) -> Remote:
        buffers: list[bytes] = []
        request = {
            "op": "call",
            "target": {"base": self._base, "path": list(self._path)},
            "args": [wire.encode(prepared(item), buffers, _as_argument) for item in args],
            "kwargs": [
                [k, wire.encode(prepared(v), buffers, _as_argument)] for k, v in kwargs.items()
            ],
            **options,
        }
        names = [*self._parameters, *([""] * len(args))]
        given = (*zip(names, args, strict=False), *kwargs.items())
        call = Call(self._label, given, self._is_helper, "elsewhere" in options)
        try:
            reply = self._asker.ask(request, buffers)
        except StudentFault as fault:
            fault.call = fault.call or call
            raise
        return Remote(
            self._asker, {"r": reply.ref}, reply=reply, label=_result_label(self._label), call=call
        )

    def _resolved(self) -> Reply:
        if self._reply is None:
            request = {"op": "get", "target": {"base": self._base, "path": list(self._path)}}
            self._reply = self._asker.ask(request, [])
            self._base, self._path = {"r": self._reply.ref}, ()
        return self._reply


def prepared(argument: Any) -> Any:
    """An argument as it travels: NumPy arrays as tensors, at any depth of lists and dicts."""
    if isinstance(argument, np.ndarray):
        return wire.ArrayValue(argument, wire.dtype_name(argument.dtype))
    if isinstance(argument, np.generic):
        return argument.item()
    if isinstance(argument, float):
        return float(argument)
    if isinstance(argument, list | tuple):
        items = [prepared(item) for item in argument]
        return items if isinstance(argument, list) else tuple(items)
    if isinstance(argument, dict):
        return {key: prepared(item) for key, item in argument.items()}
    return argument


def _as_argument(value: object) -> Any:
    if isinstance(value, Remote):
        value._resolved()
        return value._base
    raise TypeError(f"a {type(value).__name__} can't be sent to a worker")


def _result_label(label: str) -> str:
    """How the result of a call is named when it is called in turn: Model() is "model"."""
    name = label.rsplit(".", 1)[-1]
    return "model" if name == "Model" else f"{name}(...)"


def value_of(remote: Remote) -> Any:
    """The value as it came over the wire: plain data, ArrayValue, or Opaque."""
    return remote._resolved().value


def is_trusted(remote: Remote) -> bool:
    """Whether it is the reference's, not the student's."""
    return remote._asker.trusted


def call_of(remote: Remote) -> Call | None:
    """The call that it is the result of, if it is one."""
    return remote._call


def label_of(remote: Remote) -> str:
    """How a reader knows it: "criterion", "model.weight"; "" where it has no name."""
    return remote._label


def reply_of(remote: Remote) -> Reply | None:
    """What the worker said of it, if it was asked; asks nothing."""
    return remote._reply
