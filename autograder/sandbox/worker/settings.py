"""What code sets for its whole process, and how the next check finds it. Worker side.

    switches  (autograd, determinism, threads, timers ...)   as torch and Python begin with them
    own       (default dtype and device, folder, warnings ...)   as the file left them
    defaults  (a part of `own`)   as torch begins with them, while a check's own helper runs

So the same code gives the same report twice, what a file sets at its top holds for its own calls,
and what one exercise's function sets costs no other exercise anything. A default dtype of float64
holds for helpers and arguments as well: torch does not multiply it with float32.
"""

from __future__ import annotations

import contextlib
import functools
import gc
import importlib
import inspect
import locale
import os
import signal
import sys
import types
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

UNDETERMINED = ".*(not have a deterministic|not deterministic)"
HELPER = "helper_"
"""How the names of modules of helpers begin."""


class Setting(NamedTuple):
    """Something of the process: `read` gives what `write` takes."""

    read: Callable[[], Any]
    write: Callable[[Any], None]


class ProcessSettings:
    """All of them. Make it before student code runs; then `reset`, `adopt`, `restore`."""

    def __init__(self, torch: types.ModuleType):
        self.torch = torch
        self.devices: Any = importlib.import_module("torch.utils._device")
        self.missing: list[str] = []
        self.set_default_device = inspect.unwrap(torch.set_default_device)
        tolerate_missing_devices(torch, self.missing)
        self._guards: list[Any] = []
        self.switches, self.wanted = zip(*self._switches(), strict=True)
        self.defaults = self._defaults()
        self.own = [*self.defaults, *self._rest()]
        with warnings.catch_warnings(action="ignore"):  # torch 2.9 says once that this is old
            self._read_precision()
        write_filters(warnings.filters[:])
        self.begin_with = [setting.read() for setting in self.own]
        self._remember(self.begin_with)

    # -- when -------------------------------------------------------------------------

    def reset(self) -> None:
        """Before the cells of a file: everything as it was at first."""
        self._remember(self.begin_with)
        self.restore()

    def adopt(self) -> None:
        """After the cells of a file: what is set now is its own."""
        self._remember([setting.read() for setting in self.own])
        write_filters(warnings.filters[:])  # ours before an "error" of the file's

    def _remember(self, values: list[Any]) -> None:
        self.of_file = values
        self.of_helpers = self.begin_with[: len(self.defaults)]
        if values[0] == self.torch.float64:
            self.of_helpers[0] = self.torch.float64

    def restore(self) -> None:
        """Before each check: the switches, and what is the file's own."""
        self.torch.set_flush_denormal(False)
        put(self.switches, self.wanted)
        put(self.own, self.of_file)

    def as_helper(
        self, function: Callable[..., Any], args: Iterable[Any], kwargs: Mapping[str, Any]
    ) -> Any:
        """Calls a check's own helper with torch's defaults; a student's function that is among its
        arguments finds what the file had set."""
        now = [setting.read() for setting in self.defaults]
        if now == self.of_helpers:
            return function(*args, **kwargs)
        args = [self._as_before(item, now) for item in args]
        kwargs = {name: self._as_before(item, now) for name, item in kwargs.items()}
        with self._set_to(self.of_helpers, now):
            return function(*args, **kwargs)

    def _as_before(self, item: Any, now: Sequence[Any]) -> Any:
        kinds = (types.FunctionType, types.MethodType, functools.partial, type)
        module = str(getattr(item, "__module__", ""))
        if not isinstance(item, kinds) or module.startswith((HELPER, "torch.")):
            return item

        @functools.wraps(item, updated=())
        def call(*args: Any, **kwargs: Any) -> Any:
            with self._set_to(now, self.of_helpers):
                return item(*args, **kwargs)

        return call

    @contextlib.contextmanager
    def _set_to(self, values: Sequence[Any], then: Sequence[Any]) -> Any:
        put(self.defaults, values)
        try:
            yield
        finally:
            put(self.defaults, then)

    # -- what -------------------------------------------------------------------------

    def _defaults(self) -> list[Setting]:
        """What harms a helper that does not expect it. The dtype comes first."""
        torch = self.torch
        return [
            Setting(torch.get_default_dtype, torch.set_default_dtype),
            Setting(self._read_device, self._write_device),
            Setting(read_filters, write_filters),
            Setting(np.geterr, write_errstate),
            Setting(sys.getrecursionlimit, lambda n: sys.setrecursionlimit(max(n, 1000))),
        ]

    def _read_device(self) -> Any:
        """The default device; None for torch's own."""
        return self.devices.CURRENT_DEVICE

    def _write_device(self, device: Any) -> None:
        """Leaves modes that a helper is in as they are."""
        with contextlib.suppress(AssertionError):  # torch's stack is not as it expects
            self.set_default_device(device)
        if self._read_device() != device:
            self._leave_modes(device)
        if device is None:  # of a None that is kept there torch 2.6 makes an error
            vars(self.torch._GLOBAL_DEVICE_CONTEXT).clear()

    def _leave_modes(self, device: Any) -> None:
        """Switches off whatever sees each call of torch, but for this default device."""
        while self.torch._C._len_torch_function_stack():
            self.torch.overrides._pop_mode()
        vars(self.torch._GLOBAL_DEVICE_CONTEXT).clear()
        self.devices.CURRENT_DEVICE = None
        self.set_default_device(device)

    def _modes_left(self) -> int:
        """How many functions of the code's own see each call of torch; the default device is one
        of torch's."""
        count: int = self.torch._C._len_torch_function_stack()
        return count - (self._read_device() is not None)

    def _rest(self) -> list[Setting]:
        tables = [os.environ, vars(self.torch._tensor_str.PRINT_OPTS), *registries(self.torch)]
        return [
            Setting(folder, enter),
            Setting(lambda: sys.path[:], write_path),
            Setting(lambda: (sys.stdout, sys.stderr), write_streams),
            Setting(np.get_printoptions, lambda table: np.set_printoptions(**table)),
            Setting(lambda: locale.setlocale(locale.LC_ALL), set_locale),
            *[
                Setting(functools.partial(dict, table), functools.partial(refill, table))
                for table in tables
            ],
        ]

    def _switches(self) -> Iterator[tuple[Setting, Any]]:
        """Each with what it is before any code runs."""
        torch = self.torch
        modes, leave_modes = torch._C._len_torch_dispatch_stack, self._pop_dispatch_modes
        yield Setting(modes, leave_modes), 0
        yield Setting(self._modes_left, lambda _: self._leave_modes(self._read_device())), 0
        yield Setting(torch.is_inference_mode_enabled, self._leave_inference), False
        yield Setting(torch.is_grad_enabled, torch.set_grad_enabled), True
        yield Setting(torch.is_anomaly_enabled, torch.set_anomaly_enabled), False
        yield Setting(self._read_determinism, self._write_determinism), (1, True)
        yield Setting(torch.get_num_threads, torch.set_num_threads), 1
        yield Setting(self._read_precision, torch.set_float32_matmul_precision), "highest"
        yield Setting(gc.isenabled, lambda _: gc.enable()), True
        yield Setting(sys.gettrace, sys.settrace), sys.gettrace()
        yield Setting(sys.getprofile, sys.setprofile), sys.getprofile()
        for kind in ("cpu", "cuda"):
            read = functools.partial(torch.is_autocast_enabled, kind)
            yield Setting(read, functools.partial(torch.set_autocast_enabled, kind)), False
        if hasattr(signal, "setitimer"):
            for timer in (signal.ITIMER_REAL, signal.ITIMER_VIRTUAL, signal.ITIMER_PROF):
                yield Setting(functools.partial(signal.getitimer, timer), stop(timer)), (0.0, 0.0)

    def _pop_dispatch_modes(self, wanted: int) -> None:
        while self.torch._C._len_torch_dispatch_stack() > wanted:
            self.torch.utils._python_dispatch._pop_mode()

    def _leave_inference(self, wanted: bool) -> None:
        guard = self.torch.inference_mode(wanted)
        guard.__enter__()
        self._guards.append(guard)

    def _read_precision(self) -> str:
        """Torch refuses to tell where the older and the newer way to set it were mixed."""
        try:
            return str(self.torch.get_float32_matmul_precision())
        except RuntimeError:
            return ""

    def _read_determinism(self) -> tuple[int, bool]:
        filled = self.torch.utils.deterministic.fill_uninitialized_memory
        return self.torch.get_deterministic_debug_mode(), filled

    def _write_determinism(self, wanted: tuple[int, bool]) -> None:
        """Deterministic where torch can be (`1`: it warns where it can't), and memory that nobody
        has written is filled with nan."""
        mode, self.torch.utils.deterministic.fill_uninitialized_memory = wanted
        self.torch.set_deterministic_debug_mode(mode)


# -- the writing of some -----------------------------------------------------------------------


def put(settings: Sequence[Setting], values: Sequence[Any]) -> None:
    """Writes what is not so already."""
    for setting, value in zip(settings, values, strict=True):
        if setting.read() != value:
            setting.write(value)


def is_ours(entry: tuple[Any, ...]) -> bool:
    return getattr(entry[1], "pattern", None) == UNDETERMINED


def read_filters() -> list[Any]:
    return [entry for entry in warnings.filters if not is_ours(entry)]


def write_filters(filters: Sequence[Any]) -> None:
    """These, behind one of ours: what torch can't do deterministically is no student's business."""
    filters = [entry for entry in filters if not is_ours(entry)]
    warnings.resetwarnings()
    warnings.filters[:] = filters  # type: ignore[index]
    warnings.filterwarnings("ignore", UNDETERMINED)


def write_errstate(kinds: dict[str, Any]) -> None:
    np.seterr(**kinds)


def stop(timer: int) -> Callable[[Any], None]:
    def write(_: Any) -> None:
        signal.setitimer(timer, 0.0)

    return write


def folder() -> str:
    try:
        return os.getcwd()
    except OSError:
        return ""


def enter(path: str) -> None:
    with contextlib.suppress(OSError):
        os.chdir(path)


def refill(table: Any, values: Mapping[Any, Any]) -> None:
    table.clear()
    table.update(values)


def write_path(places: list[str]) -> None:
    sys.path[:] = places


def write_streams(streams: tuple[Any, Any]) -> None:
    sys.stdout, sys.stderr = streams


def set_locale(name: str) -> None:
    locale.setlocale(locale.LC_ALL, name)


def registries(torch: types.ModuleType) -> list[dict[Any, Any]]:
    """Hooks that torch calls for every module and every optimizer."""
    modules = [sys.modules[kind.__module__] for kind in (torch.nn.Module, torch.optim.Optimizer)]
    return [
        table
        for module in modules
        for name, table in vars(module).items()
        if name.startswith("_global_") and isinstance(table, dict)
    ]


# -- a default device that is not here ----------------------------------------------------------


def tolerate_missing_devices(torch: Any, missing: list[str]) -> None:
    """From now on, to ask for a default device that is not here changes nothing; which it was is
    noted in `missing`."""
    set_device = inspect.unwrap(torch.set_default_device)
    set_type = inspect.unwrap(torch.set_default_tensor_type)

    @functools.wraps(set_device)
    def set_default_device(device: Any) -> None:
        try:
            if device is not None:
                torch.empty(0, device=device)
        except (AssertionError, RuntimeError, ImportError):  # the device is not there
            missing.append(str(torch.device(device)))
        else:
            set_device(device)

    @functools.wraps(set_type)
    def set_default_tensor_type(kind: Any) -> None:
        name = kind if type(kind) is str else f"{kind.__module__}.{kind.__name__}"
        if name.startswith("torch.cuda.") and not torch.cuda.is_available():
            missing.append("cuda")
            kind = name.replace("cuda.", "")
        set_type(kind)

    torch.set_default_device = set_default_device
    torch.set_default_tensor_type = set_default_tensor_type
