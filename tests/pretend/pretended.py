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
from torch.utils._pytree import tree_map_only

NAME = "pretend"
COPIES = ("aten::copy_", "aten::_copy_from", "aten::_copy_from_and_resize")
INDEXED = ("aten::index", "aten::index_put", "aten::index_put_", "aten::_index_put_impl_")
"""Here an index may lie on the CPU."""

aten = torch.ops.aten
BY_NAME = (
    aten.empty_strided.default,
    aten.copy_.default,
    aten._copy_from.default,
    aten._local_scalar_dense.default,
)
"""What `torch.tensor` needs: it asks past a TorchDispatchMode, where no fallback is found."""

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
    _refuse_mixed(operation, args, kwargs)
    given = {}  # by the id of what stands for it on the CPU: each tensor of the device

    def lowered(tensor):
        if tensor.device.type != NAME:
            return tensor
        twin = _on_cpu(tensor)
        given[id(twin)] = (twin, tensor)
        return twin

    def lifted(twin):
        if id(twin) in given:
            return given[id(twin)][1]
        for other, tensor in given.values():
            if twin.untyped_storage()._cdata == other.untyped_storage()._cdata:
                return _view(tensor, twin)
        return _renamed(twin)

    low_args, low_kwargs = tree_map_only(torch.Tensor, lowered, (args, kwargs))
    wants = low_kwargs.get("device")
    if wants is not None:
        low_kwargs["device"] = torch.device("cpu")
    if operation.name() in COPIES[1:]:
        low_args[1].copy_(low_args[0])
        return args[1]
    low = operation(*low_args, **low_kwargs)
    for twin, tensor in given.values():
        if _form(twin) != _form(tensor):
            _resize(tensor, twin)
    return tree_map_only(torch.Tensor, lifted, low)


def _refuse_mixed(operation, args, kwargs):
    """Raises what a GPU raises."""
    generator = kwargs.get("generator")
    if generator is not None and generator.device.type != NAME:
        raise RuntimeError(
            f"Expected a '{NAME}' device type for generator but found '{generator.device.type}'"
        )
    name = operation.name().partition(".")[0]
    if name in COPIES:
        return
    for place, argument in enumerate(operation._schema.arguments):
        value = args[place] if place < len(args) else kwargs.get(argument.name)
        written = argument.alias_info is not None and argument.alias_info.is_write
        for tensor in value if isinstance(value, list | tuple) else (value,):
            if not isinstance(tensor, torch.Tensor) or tensor.device.type == NAME:
                continue
            if name in INDEXED and argument.name == "indices":
                continue
            if written or tensor.dim() or not tensor.device.type == "cpu":
                raise RuntimeError(
                    "Expected all tensors to be on the same device, but found at least two "
                    f"devices, {NAME}:0 and {tensor.device}!"
                )


def _form(tensor):
    return tensor.shape, tensor.stride(), tensor.storage_offset(), tensor.untyped_storage().nbytes()


def _on_cpu(tensor):
    """The tensor of the CPU that has the same memory."""
    storage = tensor.untyped_storage()
    if not hasattr(storage, "held"):  # torch's own, over memory of ours
        storage.held = _over(storage, torch.device("cpu"))
    twin = torch.empty(0, dtype=tensor.dtype, device="cpu")
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
