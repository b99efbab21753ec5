"""A device that is not the CPU, for code that has to run on any: a GPU, or a pretended one.

Where student code runs on the CPU there is no other device, so one is pretended: a tensor on it
is a shell that says `meta` and holds a tensor of the CPU with the numbers, on which operations
run. What a GPU refuses is refused, in its words. Nothing of it lasts longer than the call.
Worker side.
"""

from __future__ import annotations

import contextlib
import functools
import types
from collections.abc import Callable, Sequence
from typing import Any

from autograder.sandbox.worker.watching import dispatch_mode

PRETENDED = "meta"
"""The one device that torch knows everywhere, needs no driver for, and lets autograd go to."""
KNOWN_AS = "cuda:0"

COPIES = ("copy", "_to_copy", "_copy_from", "_copy_from_and_resize")
INDEXED = ("index", "index_put", "_index_put_impl")
"""Operations that go from one device to another, and those whose indices may lie on the CPU."""

Each = Callable[[Any, Callable[[Any], Any], Any], Any]


class MixedDevices(RuntimeError):
    """Two devices met in one operation."""


MixedDevices.__name__ = "RuntimeError"  # as which a GPU's is known


def call_elsewhere(
    torch: types.ModuleType,
    device: str,
    target: Callable[..., Any],
    args: Sequence[Any],
    kwargs: dict[str, Any],
) -> Any:
    """Calls `target` with all tensors and modules moved to `device`, or to a pretended one where
    that is the CPU; brings what it returns to the CPU. Modules stay there.

    Tensors that it makes for no device lie on the CPU, as they do at a student's desk. Code that
    moves tensors to the CPU by `.to(device)` may have chosen its device by what this machine has;
    where that fails, it is called with everything on the CPU.
    """
    each: Each = torch.utils._pytree.tree_map_only
    movable = (torch.Tensor, torch.nn.Module)

    def moved(value: Any, place: str) -> Any:
        if not isinstance(value, torch.Tensor):
            return value.to(place)
        return value.detach().to(place).requires_grad_(value.requires_grad)

    def called(place: str) -> Any:
        there = functools.partial(each, movable, lambda value: moved(value, place))
        value = there(target)(*there(args), **there(kwargs))
        return each(torch.Tensor, lambda tensor: moved(tensor, "cpu"), value)

    choices: list[Any] = []
    with torch.device("cpu"):
        if device != "cpu":
            return called(device)
        try:
            with pretended(torch)(choices):
                return called(PRETENDED)
        except MixedDevices:
            if not choices:
                raise
        return called("cpu")


def refuse_mixed(operation: Any, args: Any, kwargs: Any, kind: str, known_as: str) -> None:
    """Raises what a GPU raises where tensors of two devices meet in one operation, but for those
    of the CPU without dimensions that are only read; and for a generator of the CPU. `kind` is
    the type of the device."""
    generator = kwargs.get("generator")
    if generator is not None and generator.device.type != kind:
        wanted = known_as.partition(":")[0]
        raise RuntimeError(
            f"Expected a '{wanted}' device type for generator but found '{generator.device.type}'"
        )
    others = functools.partial(_of_other_devices, kind)
    if not any(map(others, (*args, *kwargs.values()))):
        return
    name = operation.name().removeprefix("aten::").partition(".")[0].rstrip("_")
    if name in COPIES:
        return
    for position, argument in enumerate(operation._schema.arguments):
        if name in INDEXED and argument.name == "indices":
            continue
        value = args[position] if position < len(args) else kwargs.get(argument.name)
        is_written = argument.alias_info is not None and argument.alias_info.is_write
        for one in others(value):
            if is_written or one.dim():
                raise MixedDevices(
                    "Expected all tensors to be on the same device, but found at least two "
                    f"devices, {known_as} and {one.device}!"
                )


def _of_other_devices(kind: str, value: Any) -> list[Any]:
    """The tensors in an argument that lie on a device of another type."""
    several = value if isinstance(value, (list, tuple)) else (value,)
    return [one for one in several if hasattr(one, "dim") and one.device.type != kind]


@functools.cache
def pretended(
    torch: types.ModuleType,
) -> Callable[[list[Any]], contextlib.AbstractContextManager[Any]]:
    """Makes the context in which the pretended device is there; it notes the moves to the CPU
    by `.to(device)` in the list that it gets."""
    each: Each = torch.utils._pytree.tree_map_only
    makers = (torch.tensor, torch.as_tensor, torch.asarray, torch.Tensor.new_tensor)
    to_numpy = (torch.Tensor.numpy, torch.Tensor.__array__)

    class Pretended(torch.Tensor):  # type: ignore[misc, name-defined]
        """A tensor there. `held` is the one on the CPU."""

        __torch_function__ = torch._C._disabled_torch_function_impl

        @staticmethod
        def __new__(cls, held: Any) -> Any:
            shell = torch.Tensor._make_wrapper_subclass(
                cls,
                held.shape,
                strides=held.stride(),
                storage_offset=held.storage_offset(),
                dtype=held.dtype,
                device=PRETENDED,
            )
            shell.held = held
            return shell

        @classmethod
        def __torch_dispatch__(
            cls, function: Any, types: Any, args: Any = (), kwargs: Any = None
        ) -> Any:
            return run(function, args, kwargs or {})

    class PretendedOperations(dispatch_mode(torch)):  # type: ignore[misc]
        """Sees what is made there, too, such as torch.zeros(1, device=x.device)."""

        def __torch_dispatch__(
            self, function: Any, types: Any, args: Any = (), kwargs: Any = None
        ) -> Any:
            return run(function, args, kwargs or {})

    class PretendedFunctions(torch.overrides.TorchFunctionMode):  # type: ignore[misc, name-defined]
        """What torch does before it comes to operations."""

        def __init__(self, choices: list[Any]):
            self.choices = choices

        def __torch_function__(
            self, function: Any, types: Any, args: Any = (), kwargs: Any = None
        ) -> Any:
            kwargs = kwargs or {}
            shell = args[0] if args and isinstance(args[0], Pretended) else None
            if function is torch.Tensor.tolist and shell is not None:
                return shell.detach().cpu().tolist()
            if function in to_numpy and shell is not None:
                raise TypeError(
                    f"can't convert {KNOWN_AS} device type tensor to numpy. Use Tensor.cpu() to "
                    "copy the tensor to host memory first."
                )
            if function in makers:
                place = kwargs.get("device") or (shell.device if shell is not None else "cpu")
                if torch.device(place).type == PRETENDED:
                    return function(*args, **{**kwargs, "device": "cpu"}).to(PRETENDED)
            value = function(*args, **kwargs)
            is_move = function is torch.Tensor.to and shell is not None
            if is_move and not isinstance(value, Pretended):
                self.choices.append(function)
            return value

    def run(operation: Any, args: Any, kwargs: Any) -> Any:
        shells: dict[int, Any] = {}

        def lowered(shell: Any) -> Any:
            shells[id(shell.held)] = shell
            return shell.held

        low_args, low_kwargs = each(Pretended, lowered, (args, kwargs))
        place = kwargs.get("device")
        is_there = bool(shells) if place is None else torch.device(place).type == PRETENDED
        if not shells and not is_there:
            return operation(*args, **kwargs)
        refuse_mixed(operation, args, kwargs, PRETENDED, KNOWN_AS)
        if place is not None:
            low_kwargs["device"] = torch.device("cpu")
        value = operation(*low_args, **low_kwargs)
        # what was written to is the same tensor as before, on whichever device it lies
        shells |= {id(one): one for one in args if isinstance(one, torch.Tensor)}

        def lifted(low: Any) -> Any:
            if id(low) in shells:
                return shells[id(low)]
            return Pretended(low) if is_there else low

        return each(torch.Tensor, lifted, value)

    @contextlib.contextmanager
    def context(choices: list[Any]) -> Any:
        with PretendedOperations(), PretendedFunctions(choices):
            yield

    return context
