"""Frames between judge and worker: a small strict JSON skeleton, then raw buffers. No pickle.

    u32 header length | u32 payload length | header (JSON) | payload (raw little-endian buffers)

Everything that comes from a worker is hostile. So lengths are capped before a byte is read,
declared shape times item size is compared with the bytes present before anything is
allocated, dtypes come from a whitelist, and depth and count are bounded. The JSON has no
floating-point numbers (they travel as hex strings, so that nan and every bit survive), no
duplicate keys and no lone surrogates. Whatever does not fit is a `ProtocolError`.

The skeleton of a value:

    null true 7 "text"          themselves (integers within 64 bits)
    {"f": "0x1.8p+1"}           float
    {"l": [..]} {"t": [..]}     list, tuple
    {"d": [[key, value], ..]}   dict with string keys
    {"a": [dtype, shape, kind, dtype shown, requires_grad]}   array; its bytes are in the payload
    {"o": [type name, ref]}     something that stays in the worker
    {"r": ref} {"e": "name"}    (judge to worker only) a kept object; an entry point
"""

from __future__ import annotations

import functools
import json
import math
import struct
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

MAX_HEADER = 4 << 20
MAX_PAYLOAD = 64 << 20
MAX_DEPTH = 16
MAX_LEAVES = 200_000
MAX_DIMENSIONS = 8
MAX_NAMES = 500
MAX_NAME = 100
PREFIX = struct.Struct("<II")
_INT64 = 1 << 63

DTYPES = {
    name: np.dtype(name).newbyteorder("<")
    for name in (
        "bool int8 int16 int32 int64 uint8 uint16 uint32 uint64 "
        "float16 float32 float64 complex64 complex128"
    ).split()
}


class ProtocolError(Exception):
    """A frame that is malformed, too large, late or more than was asked for."""


@dataclass(frozen=True, slots=True)
class ArrayValue:
    """A tensor or a NumPy array as it was in the worker.

    `array` has the shape and values; `dtype` is the name that it had there (bfloat16 travels
    as float32); `kind` is "tensor" or "ndarray".
    """

    array: npt.NDArray[Any]
    dtype: str
    kind: str = "tensor"
    requires_grad: bool = False


@dataclass(frozen=True, slots=True)
class Opaque:
    """Something that is no plain data and stays in the worker: its type's name and number."""

    type_name: str
    ref: int


# -- encoding -----------------------------------------------------------------------------


def encode(value: Any, buffers: list[bytes], leaf: Callable[[object], Any], depth: int = 0) -> Any:
    """The skeleton of `value`; array bytes are appended to `buffers`.

    `leaf` is asked for whatever is no plain data; it returns a skeleton, or an `ArrayValue`
    to be encoded. A subclass of a plain type goes by what it holds, not by what its own
    `__iter__` or `__float__` says.
    """
    if depth > MAX_DEPTH:
        return leaf(value)
    kind = type(value)
    if value is None or kind is bool:
        return value
    if kind is str:
        return clean(value)
    if kind is int:
        return value if -_INT64 <= value < _INT64 else leaf(value)
    if kind is float:
        return {"f": value.hex()}
    if kind is list or kind is tuple:
        items = [encode(item, buffers, leaf, depth + 1) for item in value]
        return {"l" if kind is list else "t": items}
    if issubclass(kind, dict):
        return _encode_dict(value, buffers, leaf, depth)
    if kind is np.ndarray:
        return _encode_array(ArrayValue(value, str(value.dtype), "ndarray"), buffers, leaf)
    if kind is ArrayValue:
        return _encode_array(value, buffers, leaf)
    for base, held in HELD.items():
        if issubclass(kind, base):
            return encode(held(value), buffers, leaf, depth)
    found = leaf(value)
    return _encode_array(found, buffers, leaf) if type(found) is ArrayValue else found


HELD: dict[type, Callable[[Any], Any]] = {
    str: str.__str__,
    int: int.__int__,
    float: float.__float__,
    list: lambda value: list.__getitem__(value, slice(None)),
    tuple: lambda value: tuple.__getitem__(value, slice(None)),
    np.ndarray: lambda value: np.ndarray.view(value, np.ndarray),
}
"""What an object of a subclass holds, as its base class gives it."""


def _encode_dict(
    value: dict[Any, Any], buffers: list[bytes], leaf: Callable[[object], Any], depth: int
) -> Any:
    pairs = list(dict.items(value))
    if not all(issubclass(type(key), str) for key, _ in pairs):
        return leaf(value)
    keys = [clean(str.__str__(key)) for key, _ in pairs]
    if len({*keys}) < len(keys):
        return leaf(value)
    items = [encode(item, buffers, leaf, depth + 1) for _, item in pairs]
    return {"d": [list(pair) for pair in zip(keys, items, strict=True)]}


def _encode_array(value: ArrayValue, buffers: list[bytes], leaf: Callable[[object], Any]) -> Any:
    name = dtype_name(value.array.dtype)
    if name not in DTYPES or value.array.ndim > MAX_DIMENSIONS:
        return leaf(value.array)
    buffers.append(np.ascontiguousarray(value.array, DTYPES[name]).tobytes())
    shape = list(value.array.shape)
    return {"a": [name, shape, value.kind, value.dtype, bool(value.requires_grad)]}


@functools.cache
def dtype_name(dtype: np.dtype[Any]) -> str:
    """`float32`; NumPy works it out anew each time that it is asked."""
    return dtype.name


def clean(text: str, limit: int = 100_000) -> str:
    """Text that survives UTF-8: lone surrogates as backslash escapes, cut at `limit`."""
    return text[:limit].encode("utf-8", "backslashreplace").decode("utf-8")[:limit]


def pack(header: dict[str, Any], buffers: list[bytes]) -> bytes:
    """One frame, ready to be sent."""
    head = json.dumps(header, separators=(",", ":"), allow_nan=False).encode("ascii")
    payload = b"".join(buffers)
    if len(head) > MAX_HEADER or len(payload) > MAX_PAYLOAD:
        raise ProtocolError(f"a value of {len(head) + len(payload)} bytes is too large to send")
    return PREFIX.pack(len(head), len(payload)) + head + payload


# -- decoding -----------------------------------------------------------------------------


def lengths(prefix: bytes) -> tuple[int, int]:
    """Header and payload length of a frame, from its first 8 bytes, checked against the caps."""
    header, payload = PREFIX.unpack(prefix)
    if header > MAX_HEADER or payload > MAX_PAYLOAD:
        raise ProtocolError(f"a frame of {header} + {payload} bytes is over the limit")
    return header, payload


def parse_header(raw: bytes) -> dict[str, Any]:
    """The header of a frame: one JSON object, read strictly."""
    try:
        header = _STRICT.decode(raw.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise ProtocolError(f"the header is not JSON that we accept: {error}") from None
    if type(header) is not dict:
        raise ProtocolError("the header is not an object")
    return header


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ProtocolError("a key appears twice")
    return found


def _refuse(text: str) -> Any:
    raise ProtocolError(f"a number in a form that we do not accept: {text[:40]}")


def _bounded_int(text: str) -> int:
    if len(text) > 20 or not -_INT64 <= (number := int(text)) < _INT64:
        raise ProtocolError("an integer beyond 64 bits")
    return number


_STRICT = json.JSONDecoder(
    object_pairs_hook=_unique,
    parse_constant=_refuse,
    parse_float=_refuse,
    parse_int=_bounded_int,
)


class Decoder:
    """Reads the values of one frame; every buffer must be used exactly once, in order.

    `array` and `other` turn an `ArrayValue`, and a skeleton that is no plain data, into what
    the side that decodes works with.
    """

    def __init__(
        self,
        payload: bytes,
        array: Callable[[ArrayValue], Any] = lambda value: value,
        other: Callable[[str, Any], Any] | None = None,
    ):
        self.payload = memoryview(payload)
        self.offset = 0
        self.leaves = 0
        self.array = array
        self.other = other or _opaque

    def finish(self) -> None:
        """Refuses a frame with bytes left over."""
        if self.offset != len(self.payload):
            raise ProtocolError(f"{len(self.payload) - self.offset} bytes belong to no value")

    def value(self, skeleton: Any, depth: int = 0) -> Any:
        self.leaves += 1
        if depth > MAX_DEPTH + 1 or self.leaves > MAX_LEAVES:
            raise ProtocolError("a value that is too deep or has too many parts")
        if skeleton is None or type(skeleton) in (bool, int):
            return skeleton
        if type(skeleton) is str:
            return text(skeleton)
        if type(skeleton) is not dict or len(skeleton) != 1:
            raise ProtocolError("a value in a form that we do not know")
        ((tag, body),) = skeleton.items()
        if tag == "f":
            return _float(body)
        if tag in ("l", "t") and type(body) is list:
            items = [self.value(item, depth + 1) for item in body]
            return items if tag == "l" else tuple(items)
        if tag == "d" and type(body) is list:
            return self._dict(body, depth)
        if tag == "a":
            return self.array(self._array(body))
        return self.other(tag, body)

    def _dict(self, body: list[Any], depth: int) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for pair in body:
            if type(pair) is not list or len(pair) != 2 or text(pair[0]) in found:
                raise ProtocolError("a dict in a form that we do not know")
            found[pair[0]] = self.value(pair[1], depth + 1)
        return found

    def _array(self, body: Any) -> ArrayValue:
        name, shape, kind, shown, requires_grad = parts(body, str, list, str, str, bool)
        if name not in DTYPES or kind not in ("tensor", "ndarray") or len(shown) > 40:
            raise ProtocolError(f"an array of an unknown kind: {name[:40]} {kind[:40]}")
        if len(shape) > MAX_DIMENSIONS or any(type(n) is not int or n < 0 for n in shape):
            raise ProtocolError("an array with an impossible shape")
        if math.prod(max(n, 1) for n in shape) > MAX_PAYLOAD:  # [0, 2**62] needs no bytes
            raise ProtocolError("an array with more elements than a frame can hold")
        size = math.prod(shape) * DTYPES[name].itemsize
        if size > len(self.payload) - self.offset:
            raise ProtocolError(f"an array says that it has {size} bytes; they are not there")
        raw = self.payload[self.offset : self.offset + size]
        self.offset += size
        if name == "bool" and np.frombuffer(raw, np.uint8).max(initial=0) > 1:
            raise ProtocolError("a truth value that is neither 0 nor 1")
        array = np.frombuffer(raw, DTYPES[name]).reshape(shape).astype(np.dtype(name))
        return ArrayValue(array, text(shown), kind, requires_grad)


def parts(body: Any, *kinds: type) -> list[Any]:
    """A list of a frame that must have parts of exactly these types."""
    if type(body) is not list or [type(part) for part in body] != [*kinds]:
        raise ProtocolError("a list in a form that we do not know")
    return body


def _float(body: Any) -> float:
    if type(body) is not str or len(body) > 40:
        raise ProtocolError("a float in a form that we do not know")
    try:
        return float.fromhex(body)
    except (ValueError, OverflowError):
        raise ProtocolError(f"not a float: {body[:40]!r}") from None


def text(body: Any, limit: int = 100_000) -> str:
    """A string of a frame: bounded, and free of lone surrogates."""
    if type(body) is not str or len(body) > limit:
        raise ProtocolError("not a text, or one that is too long")
    try:
        body.encode("utf-8")
    except UnicodeEncodeError:
        raise ProtocolError("a text with lone surrogates") from None
    return body


def names(body: Any) -> tuple[str, ...]:
    """A list of short strings."""
    if type(body) is not list or len(body) > MAX_NAMES:
        raise ProtocolError("a list of names that is none, or is too long")
    return tuple(text(name, MAX_NAME) for name in body)


def _opaque(tag: str, body: Any) -> Opaque:
    if tag != "o":
        raise ProtocolError("a value in a form that we do not know")
    type_name, ref = parts(body, str, int)
    return Opaque(text(type_name, 200), ref)
