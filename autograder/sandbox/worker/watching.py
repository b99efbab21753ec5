"""What torch is asked to compute while a call runs. Worker side.

Two of torch's modes look on: one sees the functions that are called by name
(`torch.nn.functional.binary_cross_entropy`), the other one the operations that they come down to
(`aten::binary_cross_entropy`), whatever the way to them was. Backward is not asked for here.

A submission can deceive its own process, this module included: what is seen here is evidence
against carelessness and disguise, no proof. Taken before student code runs, and empty where it was
patched away; a check must not take nothing for an answer by hand (`Expectation.is_by_hand`).
"""

from __future__ import annotations

import contextlib
import types
from collections.abc import Callable, Iterator
from typing import Any

from autograder.sandbox import wire

Watch = Callable[[], contextlib.AbstractContextManager[set[str]]]


def watch_of(torch: types.ModuleType) -> Watch:
    """Makes what watches a block of code: `with watch() as names`, a set that fills meanwhile."""

    def note(names: set[str], function: Any) -> None:
        name = getattr(function, "__name__", None)
        if type(name) is str and len(names) <= wire.MAX_NAMES:
            names.add(wire.clean(name.partition(".")[0].strip("_"), wire.MAX_NAME))

    class Functions(torch.overrides.TorchFunctionMode):  # type: ignore[misc, name-defined]
        def __init__(self, names: set[str]):
            self.names = names

        def __torch_function__(
            self, function: Any, types: Any, args: Any = (), kwargs: Any = None
        ) -> Any:
            note(self.names, function)
            return function(*args, **kwargs or {})

    class Operations(torch.utils._python_dispatch.TorchDispatchMode):  # type: ignore[misc, name-defined]
        def __init__(self, names: set[str]):
            super().__init__()
            self.names = names

        @classmethod
        def _should_skip_dynamo(cls) -> bool:
            return False  # True would import torch._dynamo, which takes a second

        def __torch_dispatch__(
            self, function: Any, types: Any, args: Any = (), kwargs: Any = None
        ) -> Any:
            note(self.names, function)
            return function(*args, **kwargs or {})

    @contextlib.contextmanager
    def watch() -> Iterator[set[str]]:
        names: set[str] = set()
        with Operations(names), Functions(names):
            yield names

    return watch
