"""The frame decoder meets arbitrary bytes; only ProtocolError may come out of it."""

from __future__ import annotations

import contextlib
import enum
import json
import math
import struct
import tracemalloc
from collections import Counter, OrderedDict, defaultdict, namedtuple

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from autograder.sandbox import wire
from autograder.sandbox.wire import ArrayValue, Opaque, ProtocolError
from tests.sandbox.local import split

DTYPES = sorted(wire.DTYPES)


def refuse(value):
    raise AssertionError(f"{value!r} was taken for something that is no plain data")


def frame_of(value, leaf=refuse):
    buffers = []
    header = {"ok": wire.encode(value, buffers, leaf)}
    return wire.pack(header, buffers)


def read(frame, **hooks):
    header, payload = split(frame)
    decoder = wire.Decoder(payload, **hooks)
    value = decoder.value(wire.parse_header(header).get("ok"))
    decoder.finish()
    return value


def frame(skeleton, payload=b""):
    header = json.dumps({"ok": skeleton}).encode()
    return wire.PREFIX.pack(len(header), len(payload)) + header + payload


def alike(one, other):
    """Equal in type, in sign of zero and in nan, at any depth."""
    if type(one) is not type(other):
        return False
    if isinstance(one, float):
        return one.hex() == other.hex()
    if isinstance(one, (list, tuple)):
        return len(one) == len(other) and all(map(alike, one, other))
    if isinstance(one, dict):
        return list(one) == list(other) and all(alike(one[key], other[key]) for key in one)
    if isinstance(one, np.ndarray):
        same_form = one.dtype == other.dtype and one.shape == other.shape
        return same_form and one.tobytes() == other.tobytes()
    if isinstance(one, ArrayValue):
        said = [(v.dtype, v.kind, v.requires_grad) for v in (one, other)]
        return said[0] == said[1] and alike(one.array, other.array)
    return one == other


texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
arrays = st.sampled_from(DTYPES).flatmap(
    lambda name: npst.arrays(
        name, npst.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=3)
    )
)
array_values = st.builds(
    ArrayValue,
    arrays,
    st.sampled_from([*DTYPES, "bfloat16"]),
    st.sampled_from(["tensor", "ndarray"]),
    st.booleans(),
)
integers = st.integers(-(2**63), 2**63 - 1)
plain = st.recursive(
    st.none() | st.booleans() | integers | st.floats() | texts | array_values,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.lists(inner, max_size=4).map(tuple)
        | st.dictionaries(texts, inner, max_size=4)
    ),
    max_leaves=12,
)


@given(plain)
@example([math.nan, math.inf, -math.inf, -0.0, 5e-324])
@example({"": (), "a": [], "b": {}})
@example([True, 1, 1.0])
@example(ArrayValue(np.zeros((0, 3), "float32"), "float32"))
@example(ArrayValue(np.array(-0.0, "float16"), "bfloat16", "tensor", True))
def test_every_plain_value_comes_back_as_it_was(value):
    assert alike(read(frame_of(value)), value)


@given(arrays)
def test_a_numpy_array_comes_back_as_one(array):
    found = read(frame_of(array))
    assert found.kind == "ndarray"
    assert alike(found.array, array)


def test_byte_order_and_strides_do_not_matter():
    array = np.arange(12, dtype=">f8").reshape(3, 4).T
    found = read(frame_of(array)).array
    assert found.dtype == np.dtype("float64")
    np.testing.assert_array_equal(found, array)


@given(st.text(max_size=50) | st.just("\ud800" * 50_000))
def test_any_text_can_be_sent_lone_surrogates_spelled_out(text):
    found = read(frame_of({text: text}))
    expected = text.encode("utf-8", "backslashreplace").decode()[:100_000]
    assert found == {expected: expected}


@pytest.mark.parametrize("depth", [1, wire.MAX_DEPTH])
def test_values_nest_up_to_the_limit(depth):
    value = 1.5
    for _ in range(depth):
        value = [value]
    assert alike(read(frame_of(value)), value)


def test_what_nests_deeper_stays_in_the_worker():
    value = []
    value.append(value)
    found = read(frame_of(value, leaf=lambda part: {"o": [type(part).__name__, 1]}))
    for _ in range(wire.MAX_DEPTH + 1):
        (found,) = found
    assert found == Opaque("list", 1)


def other(*args):
    """What a class says of itself, where it is not what it holds."""
    return "other"


class Word(str, enum.Enum):  # noqa: UP042 (as students write it)
    ABOVE = "above one"
    __str__ = __repr__ = other


class Float(float):
    __eq__ = __float__ = __repr__ = hex = other
    __hash__ = float.__hash__


class Number(int):
    __int__ = __index__ = __repr__ = __eq__ = other
    __hash__ = int.__hash__


class Items(list):
    __iter__ = __len__ = __getitem__ = other


class Row(tuple):
    __iter__ = __len__ = __getitem__ = other


class Table(dict):
    __iter__ = __len__ = __getitem__ = items = keys = other


class Array(np.ndarray):
    __array__ = __eq__ = tobytes = shape = other


Pair = namedtuple("Pair", "w b")
ARRAY = np.arange(3.0)


@pytest.mark.parametrize(
    ("value", "held"),
    [
        (Word.ABOVE, "above one"),
        (np.str_("a"), "a"),
        (Float(1.5), 1.5),
        (np.float64(2.5), 2.5),
        (Number(7), 7),
        (enum.IntEnum("Class", "NO YES").YES, 2),
        (Items([1, 2]), [1, 2]),
        (Row((1, 2)), (1, 2)),
        (Pair(1.0, 2), (1.0, 2)),
        (Table(a=1), {"a": 1}),
        (OrderedDict(a=1, b=[2]), {"a": 1, "b": [2]}),
        (defaultdict(list, a=[1]), {"a": [1]}),
        (Counter("aab"), {"a": 2, "b": 1}),
        ({Word.ABOVE: 1}, {"above one": 1}),
        ({"run": Items([Float(0.5)])}, {"run": [0.5]}),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_is_of_a_subclass_goes_by_what_it_holds(value, held):
    found = read(frame_of(value))
    assert found == held
    assert type(found) is type(held)


def test_an_array_of_a_subclass_goes_by_what_it_holds():
    assert alike(read(frame_of(ARRAY.view(Array))), read(frame_of(ARRAY)))


class Key(str):
    """Two of them may be in one dict with the same text."""

    __hash__ = object.__hash__
    __eq__ = object.__eq__


@pytest.mark.parametrize(
    "value",
    [{1: 2}, {Key("a"): 1, Key("a"): 2}, Number(2**63), 2**63, 1j, object(), print],
    ids=lambda value: type(value).__name__,
)
def test_what_is_no_plain_data_is_left_to_the_side_that_knows(value):
    assert read(frame_of([value], leaf=lambda part: {"o": [type(part).__name__, 7]})) == [
        Opaque("int" if type(value) is Number else type(value).__name__, 7)
    ]


def test_an_array_of_objects_is_no_plain_data():
    with pytest.raises(AssertionError):
        frame_of(np.array([object()]))


# -- hostile frames -------------------------------------------------------------------------

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from("fltdaorem") | st.text(max_size=3), inner, max_size=2)
    ),
    max_leaves=15,
)
shapes = st.lists(st.integers(-1, 2**63 - 1) | st.just(0), max_size=10)
array_skeletons = st.fixed_dictionaries(
    {
        "a": st.tuples(
            st.sampled_from([*DTYPES, "object", "bfloat16"]),
            shapes,
            st.sampled_from(["tensor", "ndarray", "pickle"]),
            st.text(max_size=5),
            st.booleans(),
        ).map(list)
    }
)


def only_a_protocol_error(data):
    with contextlib.suppress(ProtocolError):
        read(data)


@given(st.binary(max_size=200))
def test_arbitrary_bytes_raise_nothing_but_a_protocol_error(data):
    only_a_protocol_error(data)


@given(st.binary(max_size=100), st.binary(max_size=20))
def test_arbitrary_headers_raise_nothing_but_a_protocol_error(header, payload):
    only_a_protocol_error(wire.PREFIX.pack(len(header), len(payload)) + header + payload)


@given(json_values | array_skeletons, st.binary(max_size=32))
@example({"a": ["float32", [0, 2**62, 2**62], "tensor", "float32", False]}, b"")
@example({"a": ["float32", [0], "tensor", "float32", False]}, b"")
@example({"a": ["float32", [2**40], "tensor", "float32", False]}, b"1234")
def test_arbitrary_json_raises_nothing_but_a_protocol_error(skeleton, payload):
    only_a_protocol_error(frame(skeleton, payload))


@settings(max_examples=300)
@given(plain, st.data())
def test_a_mutated_frame_raises_nothing_but_a_protocol_error(value, data):
    mutated = bytearray(frame_of(value))
    for _ in range(data.draw(st.integers(1, 4))):
        mutated[data.draw(st.integers(0, len(mutated) - 1))] = data.draw(st.integers(0, 255))
    only_a_protocol_error(bytes(mutated))


@pytest.mark.parametrize(
    "header",
    [
        b'{"ok": NaN}',
        b'{"ok": 1.5}',
        b'{"ok": 1e999}',
        b'{"ok": 9223372036854775808}',
        b'{"ok": ' + b"9" * 5_000 + b"}",
        b'{"ok": 1, "ok": 2}',
        b'{"ok": {"d": [["a", 1], ["a", 2]]}}',
        b'{"ok": "\\ud800"}',
        b'{"ok": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
        b'{"ok": "\xff"}',
        b"[]",
        b"",
        b'{"ok": {"f": "1.5", "l": []}}',
        b'{"ok": {"f": "one"}}',
        b'{"ok": {"l": "ab"}}',
        b'{"ok": {"t": {}}}',
        b'{"ok": {"d": [["a"]]}}',
        b'{"ok": {"o": ["f", true]}}',
        b'{"ok": {"r": 1}}',
        b'{"ok": [1]}',
    ],
    ids=lambda header: repr(header[:40]),
)
def test_what_does_not_fit_is_refused(header):
    with pytest.raises(ProtocolError):
        read(wire.PREFIX.pack(len(header), 0) + header)


@pytest.mark.parametrize(
    "array",
    [
        ["float32", [2**40], "tensor", "float32", False],
        ["float32", [2**31, 2**31, 2**31], "tensor", "float32", False],
        ["float32", [2**62, 4], "tensor", "float32", False],
        ["float32", [-1], "tensor", "float32", False],
        ["float32", [True], "tensor", "float32", False],
        ["float32", [1] * 9, "tensor", "float32", False],
        ["object", [1], "tensor", "object", False],
        ["float32", [1], "pickle", "float32", False],
        ["float32", [1], "tensor", "x" * 41, False],
        ["float32", [1], "tensor", "float32", 0],
        ["float32", [1], "tensor", "float32"],
    ],
    ids=repr,
)
def test_an_array_that_is_not_what_it_says_is_refused_before_it_is_allocated(array):
    data = frame({"a": array}, b"\0" * 4)
    tracemalloc.start()
    try:
        with pytest.raises(ProtocolError):
            read(data)
        assert tracemalloc.get_traced_memory()[1] < 1 << 20
    finally:
        tracemalloc.stop()


def test_lengths_over_the_caps_are_refused_before_anything_is_read():
    for header, payload in [(wire.MAX_HEADER + 1, 0), (2, wire.MAX_PAYLOAD + 1), (2**32 - 1,) * 2]:
        with pytest.raises(ProtocolError):
            wire.lengths(struct.pack("<II", header, payload))


def test_a_value_with_too_many_parts_is_refused():
    with pytest.raises(ProtocolError, match="too many parts"):
        read(frame({"l": [None] * (wire.MAX_LEAVES + 1)}))


@pytest.mark.parametrize("payload", [b"", b"123", b"12345678"])
def test_every_byte_of_the_payload_belongs_to_one_value(payload):
    with pytest.raises(ProtocolError):
        read(frame({"a": ["float32", [1], "tensor", "float32", False]}, payload))


def test_a_value_that_is_too_large_is_not_packed():
    with pytest.raises(ProtocolError, match="too large"):
        frame_of(np.zeros(wire.MAX_PAYLOAD + 1, dtype="uint8"))
