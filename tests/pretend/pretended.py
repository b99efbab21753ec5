"""An accelerator that is none: torch's device `pretend`, whose tensors lie in the CPU's memory.

torch imports it by itself where this folder is on the path (`torch.backends`, the entry point by
which vendors' devices come to it), so nothing in the package knows of it. What a GPU refuses is
refused in its words: devices that meet in one operation, but for a tensor of the CPU without
dimensions, a generator of the CPU, `numpy()`.

Its tensors are torch's own, of no class of ours: the storage of each is the storage of a tensor of
the CPU under another device's name, and `held` is that one. Every operation runs on the CPU
(`_on_cpu`), and what it gives is renamed (`_renamed`).
"""

from __future__ import annotations

import contextlib
import functools

import torch
from torch._C import DispatchKey, DispatchKeySet

from autograder.sandbox.worker.elsewhere import refuse_mixed

NAME = "pretend"
aten = torch.ops.aten
BY_NAME = (
    aten.empty_strided.default,
    aten.copy_.default,
    aten._copy_from.default,
    aten._local_scalar_dense.default,
)
"""What `torch.tensor` needs: it asks past a TorchDispatchMode, where no fallback is found."""

NOT_OF_THE_CPU = ("aten::_copy_from", "aten::_copy_from_and_resize")
"""Kinds of copy_ that only other devices have."""

CPU_DEVICE = torch.device("cpu")
CPU = DispatchKeySet(DispatchKey.CPU)
DEVICE = None
libraries = []


class Module:
    """What `torch.pretend` is. It has no numbers at random of its own: they are the CPU's."""

    def is_available(self):
        return True

    def is_initialized(self):
        return True

    def current_device(self):
        return 0

    def device_count(self):
        return 1

    def device(self, device):
        return contextlib.nullcontext()

    def synchronize(self, device=None):
        pass

    def manual_seed_all(self, seed):
        torch.default_generator.manual_seed(seed)

    manual_seed = manual_seed_all

    def get_rng_state(self, device=NAME):
        return torch.default_generator.get_state()

    def set_rng_state(self, state, device=NAME):
        torch.default_generator.set_state(state)

    def get_amp_supported_dtype(self):
        return [torch.float16, torch.bfloat16]

    def _is_in_bad_fork(self):
        return False


def register():
    """Makes the device known to torch; called by torch when it is imported."""
    global DEVICE
    from torch.utils.backend_registration import _setup_privateuseone_for_python_backend

    _setup_privateuseone_for_python_backend(NAME, backend_module=Module())
    DEVICE = torch.device(NAME, 0)
    every, some = torch.library.Library("_", "IMPL"), torch.library.Library("aten", "IMPL")
    every.fallback(_run, "PrivateUse1")
    for operation in BY_NAME:
        some.impl(operation.name(), functools.partial(_run, operation), "PrivateUse1")
    libraries.extend((every, some))
    torch.UntypedStorage.__new__ = _new_storage


def _new_storage(kind, *args, device=None, **kwargs):
    """`torch.UntypedStorage(size, device=..)`, for which torch would look for an allocator in C++
    (`copy.deepcopy` and `torch.load` ask for one)."""
    if device is None or torch.device(device).type != NAME:
        return torch._C.StorageBase.__new__(kind, *args, device=device, **kwargs)
    return _storage(torch.UntypedStorage(*args, device="cpu"))


def _run(operation, *args, **kwargs):
    """One operation that was asked of the device."""
    if operation.name().startswith("aten::set_."):
        return operation.redispatch(CPU, *args, **kwargs)
    refuse_mixed(operation, args, kwargs, NAME, f"{NAME}:0")
    pairs = []  # of a tensor of the device and the one on the CPU that stands for it

    def lowered(value):
        if isinstance(value, torch.Tensor) and value.device.type == NAME:
            pairs.append((value, _on_cpu(value)))
            return pairs[-1][1]
        return [lowered(one) for one in value] if isinstance(value, list | tuple) else value

    def lifted(value):
        if isinstance(value, list | tuple):
            return type(value)(map(lifted, value))
        if not isinstance(value, torch.Tensor):
            return value
        for tensor, twin in pairs:
            if value is twin:
                return tensor
        for tensor, twin in pairs:
            if value.untyped_storage()._cdata == twin.untyped_storage()._cdata:
                return _view(tensor, value)
        return _renamed(value)

    low_args = [lowered(value) for value in args]
    low_kwargs = {name: lowered(value) for name, value in kwargs.items()}
    if low_kwargs.get("device") is not None:
        low_kwargs["device"] = CPU_DEVICE
    if operation.name() in NOT_OF_THE_CPU:
        low_args[1].copy_(low_args[0])
        return args[1]
    value = operation(*low_args, **low_kwargs)
    if operation._schema.is_mutable:
        for tensor, twin in pairs:
            if _form(twin) != _form(tensor):
                _resize(tensor, twin)
    return lifted(value)


def _form(tensor):
    return tensor.shape, tensor.stride(), tensor.storage_offset(), tensor.untyped_storage().nbytes()


def _on_cpu(tensor):
    """The tensor of the CPU that has the same memory."""
    storage = tensor.untyped_storage()
    if not hasattr(storage, "held"):  # torch's own, over memory of ours
        storage.held = _over(storage, CPU_DEVICE)
    twin = torch.empty(0, dtype=tensor.dtype, device=CPU_DEVICE)
    return twin.set_(storage.held, tensor.storage_offset(), tensor.shape, tensor.stride())


def _storage(held):
    """The storage of the device for one of the CPU."""
    storage = _over(held, DEVICE)
    storage.held = held
    return storage


def _over(storage, device):
    """A storage on a device, over the memory of another one."""
    place, size = storage.data_ptr(), storage.nbytes()
    return torch._C._construct_storage_from_data_pointer(place, device, size)


def _renamed(twin):
    """The tensor of the device for a new one of the CPU."""
    tensor = torch._C._acc.create_empty_tensor((0,), twin.dtype)
    return _resize(tensor, twin, _storage(twin.untyped_storage()))


def _resize(tensor, twin, storage=None):
    """Gives a tensor of the device the memory and the form of its twin."""
    held = twin.untyped_storage()
    if storage is None:
        storage = tensor.untyped_storage()
        if storage.nbytes() != held.nbytes():
            storage = _storage(held)
    form = twin.storage_offset(), twin.shape, twin.stride()
    set_ = torch.ops.aten.set_.source_Storage_storage_offset
    return set_.redispatch(CPU, tensor, storage, *form)


def _view(tensor, twin):
    """The view of a tensor of the device that its twin's view is."""
    view = torch.ops.aten.as_strided.default
    form = twin.shape, twin.stride(), twin.storage_offset()
    return view.redispatch(CPU, tensor, *form)
