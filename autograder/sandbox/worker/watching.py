"""What torch is asked to compute while a call runs, and whether the answer depends on it.

Two of torch's modes look on: one sees the functions that are called by name
(`torch.nn.functional.binary_cross_entropy`), the other one the operations that they come down to
(`aten::binary_cross_entropy`), whatever the way to them was. Python's own profiler sees which
functions of libraries are called, where the modes were switched off, too. Backward is not asked
for here.

`Bend` tells what an answer is made of: while it is on, torch gives wrong results for some
operations. An answer that was built from them is another one then; one that came from a thread, a
process, a table or a ready-made function is not.

A submission can deceive its own process, this module included: what is seen here is evidence
against carelessness and disguise, no proof. Taken before student code runs, and empty where it was
patched away; a check must not take nothing for an answer by hand (`Expectation.is_by_hand`).
"""

from __future__ import annotations

import contextlib
import os
import sys
import types
from collections.abc import Callable, Collection, Iterator
from typing import Any

import numpy as np

from autograder.sandbox import wire

Watch = Callable[[], contextlib.AbstractContextManager[set[str]]]
Bend = Callable[[Collection[str]], contextlib.AbstractContextManager[Any]]

LEAVES_TORCH = frozenset({"array", "item", "local_scalar_dense", "numpy", "tolist"})
"""Operations that hand numbers to Python or NumPy: what is computed with them there is not seen."""
OTHERS = {"another_process": "in another process", "another_thread": "in another thread"}
"""Noted where the submission has one that lives; and in words."""
WAITS = frozenset(
    "SimpleQueue.get acquire poll read readline recv recv_into select.select sleep wait".split()
)
"""How code waits for what others compute for it."""
AMBIGUOUS = frozenset({"get", "select"})
"""Said of these is whose they are: a dict gives, too, and a tensor selects."""
LIBRARIES = f"{os.sep}site-packages{os.sep}"
HAS_UFUNCS = "scipy.special"
"""Its functions are seen by nobody; that it is there is noted."""


def known_as(function: Any) -> str:
    """The name of an operation or a function, without outer underscores and overload."""
    name = getattr(function, "__name__", None)
    if type(name) is not str:
        return ""
    return wire.clean(name.partition(".")[0].strip("_"), wire.MAX_NAME)


def others() -> Iterator[str]:
    """Who else may compute for this thread: processes that it has forked, threads of Python's."""
    if len(sys._current_frames()) > 1:
        yield "another_thread"
    with contextlib.suppress(AttributeError, ChildProcessError):  # not on Windows; no child
        os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
        yield "another_process"


def note(names: set[str], name: str) -> None:
    if name and len(names) <= wire.MAX_NAMES:
        names.add(name)


class NotingArray(np.ndarray[Any, Any]):
    """A tensor's numbers in NumPy: which of its functions they meet is noted, SciPy's as well."""

    names: set[str] | None = None

    def __array_finalize__(self, source: Any) -> None:
        self.names = getattr(source, "names", None)

    def __array_ufunc__(self, ufunc: Any, method: Any, *inputs: Any, **kwargs: Any) -> Any:
        names = set() if self.names is None else self.names
        note(names, known_as(ufunc))
        if out := kwargs.pop("out", None):
            kwargs["out"] = tuple(map(without_notes, out))
        return noting(getattr(ufunc, method)(*map(without_notes, inputs), **kwargs), names)


def noting(value: Any, names: set[str]) -> Any:
    """An array as one that notes; anything else as it is."""
    if type(value) is not np.ndarray:
        return value
    array = value.view(NotingArray)
    array.names = names
    return array


def without_notes(value: Any) -> Any:
    return value.view(np.ndarray) if isinstance(value, NotingArray) else value


def dispatch_mode(torch: types.ModuleType) -> Any:
    """The class to derive a mode from that sees operations."""

    class DispatchMode(torch.utils._python_dispatch.TorchDispatchMode):  # type: ignore[misc, name-defined]
        @classmethod
        def _should_skip_dynamo(cls) -> bool:
            return False  # True would import torch._dynamo, which takes a second

    return DispatchMode


def watch_of(torch: types.ModuleType) -> tuple[Watch, Bend]:
    """What watches a block of code, `with watch() as names`, a set that fills meanwhile; and what
    falsifies the results of some operations: `with bend({"exp"})`."""

    class Functions(torch.overrides.TorchFunctionMode):  # type: ignore[misc, name-defined]
        def __init__(self, names: set[str]):
            self.names = names

        def __torch_function__(
            self, function: Any, types: Any, args: Any = (), kwargs: Any = None
        ) -> Any:
            note(self.names, known_as(function))
            return noting(function(*args, **kwargs or {}), self.names)

    class Mode(dispatch_mode(torch)):  # type: ignore[misc]
        def __init__(self, names: Any):
            super().__init__()
            self.names = names

    class Operations(Mode):
        def __torch_dispatch__(
            self, function: Any, types: Any, args: Any = (), kwargs: Any = None
        ) -> Any:
            note(self.names, known_as(function))
            return function(*args, **kwargs or {})

    class Falsified(Mode):
        def __torch_dispatch__(
            self, function: Any, types: Any, args: Any = (), kwargs: Any = None
        ) -> Any:
            result = function(*args, **kwargs or {})
            if known_as(function).removesuffix("_forward") in self.names:
                first = result[0] if isinstance(result, tuple) else result
                if first.is_floating_point():
                    first.mul_(1.05).add_(0.1)
            return result

    def profile_into(names: set[str]) -> Callable[..., None]:
        def profile(frame: types.FrameType, event: str, called: Any) -> None:
            name = ""
            if event == "call" and LIBRARIES in frame.f_code.co_filename:
                kind, _, name = frame.f_code.co_qualname.rpartition(".")
                name = name.strip("_")
                note(names, kind.rpartition(".")[2])
            elif event == "c_call" and frame.f_code.co_filename != __file__:
                name = known_as(called)
                if name in AMBIGUOUS:
                    owner = called.__self__
                    name = f"{getattr(owner, '__name__', type(owner).__name__)}.{name}"
            if name not in LEAVES_TORCH:
                note(names, name)

        return profile

    @contextlib.contextmanager
    def watch() -> Iterator[set[str]]:
        names: set[str] = set()
        before = sys.getprofile()
        with Operations(names), Functions(names):
            sys.setprofile(profile_into(names))
            try:
                yield names
            finally:
                sys.setprofile(before)
        if HAS_UFUNCS in sys.modules:
            note(names, HAS_UFUNCS)
        for other in others():
            note(names, other)

    return watch, Falsified
