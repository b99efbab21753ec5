"""Frozen dataclasses as bytes and back: a JSON skeleton, then the bytes that it names. No pickle.

    u64 length of the JSON | JSON | the values that are bytes, one after another

What is loaded is held against the types that its dataclass declares: text, whole numbers, truth
values, bytes, tuples and mappings of these, and dataclasses. Anything else is a ValueError.
"""

from __future__ import annotations

import dataclasses
import functools
import json
import struct
import types
import typing
from collections.abc import Mapping
from typing import Any, TypeVar

T = TypeVar("T")
_LENGTH = struct.Struct("<Q")


def dump(value: object) -> bytes:
    """A dataclass, or what one may hold, as bytes."""
    blobs: list[bytes] = []
    skeleton = json.dumps(_skeleton(value, blobs)).encode()
    return b"".join([_LENGTH.pack(len(skeleton)), skeleton, *blobs])


def load(kind: type[T], data: bytes) -> T:
    """What was dumped, a `kind`. Raises ValueError for what is not one."""
    if len(data) < _LENGTH.size:
        raise ValueError("it is cut off")
    (length,) = _LENGTH.unpack_from(data)
    start = _LENGTH.size + length
    try:
        skeleton = json.loads(data[_LENGTH.size : start])
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
    loader = _Loader(data, start)
    value: T = loader.value(kind, skeleton)
    if loader.place != len(data):
        raise ValueError("it does not end where it should")
    return value


def _skeleton(value: object, blobs: list[bytes]) -> Any:
    if dataclasses.is_dataclass(value):
        return [_skeleton(getattr(value, field.name), blobs) for field in dataclasses.fields(value)]
    if isinstance(value, Mapping):
        return {name: _skeleton(item, blobs) for name, item in value.items()}
    if isinstance(value, tuple):
        return [_skeleton(item, blobs) for item in value]
    if isinstance(value, bytes):
        blobs.append(value)
        return len(value)
    return value


class _Loader:
    """Takes values out of a skeleton, and bytes from behind it."""

    def __init__(self, data: bytes, place: int) -> None:
        self.data = data
        self.place = place

    def value(self, kind: Any, found: Any) -> Any:
        if kind is bytes:
            return self._bytes(found)
        if kind in (str, int, bool):
            if type(found) is not kind:
                raise ValueError(f"{kind.__name__} was expected")
            return found
        if isinstance(kind, type) and dataclasses.is_dataclass(kind):
            declared = _fields(kind)
            if type(found) is not list or len(found) != len(declared):
                raise ValueError(f"{kind} was expected")
            return kind(*map(self.value, declared, found))
        return self._generic(typing.get_origin(kind), typing.get_args(kind), found)

    def _generic(self, origin: Any, inner: tuple[Any, ...], found: Any) -> Any:
        if origin in (types.UnionType, typing.Union):
            (other,) = (kind for kind in inner if kind is not type(None))
            return None if found is None else self.value(other, found)
        if origin is tuple and type(found) is list:
            kinds = [inner[0]] * len(found) if inner[-1] is Ellipsis else inner
            if len(kinds) != len(found):
                raise ValueError("a tuple of another length was expected")
            return tuple(map(self.value, kinds, found))
        if origin is Mapping and type(found) is dict:
            return {name: self.value(inner[1], item) for name, item in found.items()}
        raise ValueError("it holds what was not expected")

    def _bytes(self, length: Any) -> bytes:
        end = self.place + (length if type(length) is int and length >= 0 else len(self.data) + 1)
        if end > len(self.data):
            raise ValueError("it is cut off")
        start, self.place = self.place, end
        return self.data[start:end]


@functools.cache
def _fields(kind: type) -> tuple[Any, ...]:
    hints = typing.get_type_hints(kind)
    return tuple(hints[field.name] for field in dataclasses.fields(kind))
