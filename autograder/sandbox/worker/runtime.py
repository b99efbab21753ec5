"""What a worker does with a request: run a cell, define a helper, call, read. Worker side.

This is the only module that touches student objects. It knows nothing of checks, points or
references; it answers with values. `Runtime.handle` takes and returns whole frames, so that
the same code serves the confined worker and, for tests, the judge's own process.

Nothing here is trusted once student code has run: what arrives at the judge is checked there.
"""

from __future__ import annotations

import builtins
import os
import random
import sys
import types
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from autograder.sandbox import wire
from autograder.sandbox.worker import entropy, jupyter
from autograder.sandbox.worker.elsewhere import call_elsewhere
from autograder.sandbox.worker.running import compiled, run_cell
from autograder.sandbox.worker.settings import HELPER, ProcessSettings
from autograder.sandbox.worker.watching import Bend, Watch, watch_of

MESSAGE_LIMIT = 2_000
FRAME_LIMIT = 20
MOST_ITEMS = 100_000
"""Of a list that is sent as it is: its floats take about 30 bytes each of `wire.MAX_HEADER`."""
ERRORS = [
    kind
    for kind in vars(builtins).values()
    if type(kind) is type and issubclass(kind, BaseException)
]
"""Python's own exceptions."""

FAILED = object()
"""Stands for an entry point whose definition did not run."""


class Runtime:
    """The state of one worker: the submission's namespace and the objects kept for the judge.

    `torch` is the module itself (imported by the forkserver), `device` where arguments and
    factory calls land ("cpu", "cuda:0").
    """

    def __init__(self, torch: types.ModuleType, device: str = "cpu"):
        self.torch = torch
        self.device = device
        self.module = types.ModuleType("submission")
        self.kept: dict[int, Any] = {}
        self.next_ref = 1
        self.prepared = False
        self.future = 0
        self.handed_in: dict[str, tuple[Any, bool]] = {}
        self.left_out = 0
        self.settings: ProcessSettings
        self.watch: Watch
        self.bend: Bend
        self.watched: list[str] = []
        self.loading = True
        self.helpers: dict[str, types.ModuleType] = {}
        self.ours: set[int] = set()
        self.box = os.getcwd()

    # -- requests ---------------------------------------------------------------------

    def handle(self, header_bytes: bytes, payload: bytes) -> bytes:
        """Answers one request frame with one reply frame.

        Requests that were sent ahead for one check are marked by a number (`of`); once one of them
        has raised an exception that was not to be expected (`raises`), the others are left out.
        """
        header = wire.parse_header(header_bytes)
        nonce = header["id"]
        buffers: list[bytes] = []
        reply: dict[str, Any] = {"id": nonce}
        batch = header.get("of", 0)
        if batch and batch == self.left_out:
            return wire.pack({"id": nonce, "skipped": True}, [])
        operations: dict[str, Callable[..., Any]] = {
            "begin": self._begin,
            "file": self._file,
            "cell": self._cell,
            "define": self._define,
            "call": self._call,
            "get": self._get,
            "names": self._names,
        }
        try:
            if not self.prepared:
                self._prepare()
            decoder = wire.Decoder(payload, self._tensor, self._kept)
            value = operations[header["op"]](header, decoder)
            reply["ok"] = self._too_long(value) or wire.encode(value, buffers, self._leaf)
            reply["ref"] = self._keep(value, self._is_ours(header))
            if header.get("watch"):
                reply["operations"] = self.watched
            return self._packed(reply, buffers, value)
        except BaseException as error:
            if batch and not header["raises"]:
                self.left_out = batch
            return wire.pack({"id": nonce, "raised": describe(error)}, [])

    def _packed(self, reply: dict[str, Any], buffers: list[bytes], value: Any) -> bytes:
        """The frame of a reply; a value that is too large for one stays here."""
        try:
            return wire.pack(reply, buffers)
        except wire.ProtocolError:
            known_as = f"{type(value).__name__} too large to show"
            return wire.pack({**reply, "ok": self._opaque(value, known_as)}, [])

    def _prepare(self) -> None:
        """Once per worker, before student code: the device, what watches calls, the settings."""
        self.watch, self.bend = watch_of(self.torch)
        if self.device != "cpu":
            os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")  # else cuBLAS varies
            self.torch.set_default_device(self.device)
        self.settings = ProcessSettings(self.torch)
        self.prepared = True

    def _begin(self, header: dict[str, Any], decoder: wire.Decoder) -> None:
        """Before the cells, and before each check: seeds, an empty table of kept objects, and
        what was set for the process as it was, so that one exercise's code does not cost another.
        Before cells (`anew`) also a module of their own, with names that a notebook or script has;
        before a check entry points are what was handed in, whatever their names were used for
        since."""
        if header.get("anew"):
            self.settings.reset()
            self.box = os.getcwd()
            self.loading = True
            self._new_module(header.get("file", ""))
        else:
            if self.loading:
                self.settings.adopt()
            self.loading = False
            self.settings.restore()
        namespace = self.module.__dict__
        for name, (value, firmly) in self.handed_in.items():
            if firmly or not callable(namespace.get(name)):
                namespace[name] = value
                if value is FAILED:
                    del namespace[name]
        seed = header["seed"]
        entropy.reseed(seed)
        random.seed(seed)
        np.random.seed(seed % 2**32)
        # torch.manual_seed would also note a stack trace for each backend that is not there
        self.torch.default_generator.manual_seed(seed)
        if self.device != "cpu":
            self.torch.get_device_module(self.device).manual_seed_all(seed)
        self.kept.clear()
        self.ours.clear()
        for module in self.helpers.values():
            sys.modules.pop(module.__name__, None)
        self.helpers.clear()
        self.next_ref = 1

    def _new_module(self, file: str) -> None:
        """An empty one, in the folder of `file`, which is where its code finds what lies there; a
        script may import from beside it as a part of a package does."""
        name = "__main__" if jupyter.is_notebook(file) else "submission"
        self.module = sys.modules[name] = types.ModuleType(name)
        if folder := os.path.dirname(file):
            os.makedirs(folder, exist_ok=True)
            os.chdir(folder)
            sys.path.insert(max(len(sys.path) - 1, 0), os.getcwd())
        if name == "submission":
            self.module.__dict__.update(__package__=name, __path__=[os.getcwd()])
        self.module.__dict__.update(jupyter.around(file))
        jupyter.SHELL.user_ns = self.module.__dict__
        self.future = 0
        self.handed_in = {}

    def _file(self, header: dict[str, Any], decoder: wire.Decoder) -> None:
        """Lays a helper file into the box."""
        path = Path(header["name"])
        if path.is_absolute() or ".." in path.parts:
            raise ValueError(f"{path} would leave the box")
        path = self.box / path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(bytes(decoder.payload))

    def _cell(self, header: dict[str, Any], decoder: wire.Decoder) -> list[str]:
        """Runs a cell. Returns the default devices that it asked for in vain."""
        missing = self.settings.missing
        missing.clear()
        names, namespace = header.get("hands_in", ()), self.module.__dict__
        for name, firmly in names:
            self.handed_in.setdefault(name, (FAILED, firmly))
        self.future |= run_cell(header["source"], header["key"], namespace, self.future)
        for name, firmly in names:
            if callable(value := namespace.get(name)):
                self.handed_in[name] = value, firmly
        return missing[:1]

    def _define(self, header: dict[str, Any], decoder: wire.Decoder) -> Any:
        """A helper, from a module that can be found by its name: what it makes can be pickled.
        No line of it is in linecache."""
        source = header["source"]
        if source not in self.helpers:
            module = types.ModuleType(f"{HELPER}{zlib.crc32(source.encode()):08x}")
            module.__dict__["torch"] = self.torch
            self.helpers[source] = sys.modules[module.__name__] = module
            code = compiled(source, "<helper>", 0)
            self.settings.as_helper(exec, (code, module.__dict__), {})
        return self.helpers[source].__dict__[header["name"]]

    def _names(self, header: dict[str, Any], decoder: wire.Decoder) -> list[str]:
        return [name for name in header["names"] if name in self.module.__dict__]

    def _call(self, header: dict[str, Any], decoder: wire.Decoder) -> Any:
        target = self._resolve(header["target"], decoder)
        args = [decoder.value(item) for item in header["args"]]
        kwargs = {name: decoder.value(item) for name, item in header["kwargs"]}
        decoder.finish()
        if header.get("elsewhere"):
            return call_elsewhere(self.torch, self.device, target, args, kwargs)
        if names := header.get("bend"):
            with self.bend(frozenset(names)):
                return target(*args, **kwargs)
        if self._is_ours(header):
            return self.settings.as_helper(target, args, kwargs)
        if not header.get("watch"):
            return target(*args, **kwargs)
        with self.watch() as names:
            value = target(*args, **kwargs)
        self.watched = sorted(names)
        return value

    def _is_ours(self, header: dict[str, Any]) -> bool:
        """Whether the request is about a helper, what one has made, or torch itself."""
        base = header["target"]["base"] if header["op"] in ("call", "get") else {}
        return header["op"] == "define" or "m" in base or base.get("r") in self.ours

    def _get(self, header: dict[str, Any], decoder: wire.Decoder) -> Any:
        return self._resolve(header["target"], decoder)

    # -- values -----------------------------------------------------------------------

    def _resolve(self, target: Any, decoder: wire.Decoder) -> Any:
        found = decoder.value(target["base"])
        for step in target["path"]:
            found = getattr(found, step) if type(step) is str else found[decoder.value(step[0])]
        return found

    def _kept(self, tag: str, body: Any) -> Any:
        if tag == "r":
            return self.kept[body]
        if tag == "m":
            return self.torch
        if tag != "e":
            raise wire.ProtocolError(f"unknown tag {tag!r}")
        try:
            return self.module.__dict__[body]
        except KeyError:
            raise NameError(f"{body} is not defined") from None

    def _keep(self, value: Any, is_ours: bool = False) -> int:
        ref = self.next_ref
        self.next_ref += 1
        self.kept[ref] = value
        if is_ours:
            self.ours.add(ref)
        return ref

    def _tensor(self, value: wire.ArrayValue) -> Any:
        if value.kind == "ndarray":
            return self.torch.tensor(value.array, device=self.device)
        dtype = getattr(self.torch, value.dtype)
        if dtype is self.torch.float32:
            dtype = self.settings.of_helpers[0]
        tensor = self.torch.tensor(value.array, dtype=dtype, device=self.device)
        return tensor.requires_grad_(value.requires_grad)

    def _leaf(self, value: Any) -> Any:
        kind = type(value)
        if issubclass(kind, self.torch.Tensor):
            return self._array(value)
        if issubclass(kind, (np.floating, np.integer, np.bool_)):
            return wire.encode(np.generic.item(value), [], self._opaque)
        return self._opaque(value)

    def _array(self, value: Any) -> Any:
        """A tensor by the data that it holds, whatever its class says of it."""
        torch, kind = self.torch, type(value)
        without_data = torch.nn.parameter.UninitializedTensorMixin
        if issubclass(kind, without_data) or (
            kind.__torch_dispatch__ is not torch.Tensor.__torch_dispatch__
        ):
            return self._opaque(value)
        with torch._C.DisableTorchFunctionSubclass():
            requires_grad = bool(torch.Tensor.requires_grad.__get__(value))
            value = torch.Tensor.detach(value)
        if value.layout != torch.strided:
            return self._opaque(value, f"tensor of layout {value.layout}")
        if value.device.type == "meta":
            return self._opaque(value, "tensor on the device meta, which holds no numbers")
        if value.numel() * value.element_size() > wire.MAX_PAYLOAD // 2:
            return self._opaque(value, f"tensor of {value.numel():,} numbers")
        shown = str(value.dtype).removeprefix("torch.")
        plain = value.to("cpu")
        if shown == "bfloat16":
            plain = plain.float()
        array = plain.resolve_conj().resolve_neg().contiguous().numpy()
        return wire.ArrayValue(array, shown, "tensor", requires_grad)

    def _too_long(self, value: Any) -> Any:
        """A list or dict of more items than can be sent, by what it is; None for others."""
        for kind in (list, tuple, dict):
            if issubclass(type(value), kind) and (size := kind.__len__(value)) > MOST_ITEMS:
                return self._opaque(value, f"{type(value).__name__} of {size:,} items")
        return None

    def _opaque(self, value: Any, known_as: str = "") -> Any:
        return {"o": [wire.clean(known_as or type(value).__name__, 200), self._keep(value)]}


def describe(error: BaseException) -> list[Any]:
    """[type name, message, [[file, line], ..], kinds] of an exception, innermost frame last; its
    kinds are those of Python's own exceptions that it is, or is a subclass of."""
    frames: list[list[Any]] = []
    trace = error.__traceback__
    while trace is not None:
        frames.append([wire.clean(trace.tb_frame.f_code.co_filename, 200), trace.tb_lineno])
        trace = trace.tb_next
    if isinstance(error, SyntaxError) and type(error.filename) is str:
        frames.append([wire.clean(error.filename, 200), error.lineno or 1])
    try:
        # a SyntaxError's own text ends with our name for the cell
        message = str(error.msg if isinstance(error, SyntaxError) else error)
    except BaseException as second:
        message = f"(its text could not be read: {type(second).__name__})"
    return [
        wire.clean(type(error).__name__, 200),
        wire.clean(message, MESSAGE_LIMIT),
        frames[-FRAME_LIMIT:],
        sorted({kind.__name__ for kind in ERRORS if issubclass(type(error), kind)}),
    ]
