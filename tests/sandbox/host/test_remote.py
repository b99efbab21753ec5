"""Remotes and the runtime that answers them, with the worker in this process."""

from __future__ import annotations

import numpy as np
import pytest

from autograder.judge.expect import plain
from autograder.judge.wording import arguments, expression
from autograder.sandbox.host.remote import Remote, Subject, call_of, reply_of, value_of
from autograder.sandbox.host.session import Session, Source
from autograder.sandbox.outcomes import Raised
from autograder.sandbox.wire import ArrayValue, Opaque
from tests.sandbox.local import LocalTransport

SOURCE = """
import torch
from torch import nn

class Model(nn.Module):
    def __init__(self, n_inputs=1):
        super().__init__()
        self.linear = nn.Linear(n_inputs, 1)

    def forward(self, x):
        return torch.sigmoid(self.linear(x))

class Float(float):
    def __eq__(self, other):
        return True

class Items(list):
    def __iter__(self):
        return iter("abc")

class Wise(torch.Tensor):
    @classmethod
    def __torch_function__(cls, function, types, args=(), kwargs=None):
        return 7

    def tolist(self):
        return [7.0]

class Wrapped(torch.Tensor):
    @classmethod
    def __torch_dispatch__(cls, function, types, args=(), kwargs=None):
        return 7


def same(x):
    return x

def mean(x):
    return x.mean()

def made(what):
    return {
        "float subclass": Float(0.5),
        "list subclass": Items([1.0]),
        "tensor subclass": torch.ones(2).as_subclass(Wise),
        "tensor that dispatches": torch.ones(2).as_subclass(Wrapped),
        "lazy parameter": nn.LazyLinear(1).weight,
        "own parameter": type("Mine", (nn.Parameter,), {})(torch.ones(2)),
        "buffer": nn.Buffer(torch.ones(2)),
        "of a method": torch.tensor([[1.0, 3.0]]).max(1),
        "numpy float": __import__("numpy").float32(0.25),
        "numpy bool": __import__("numpy").bool_(True),
        "size": torch.ones(2, 3).shape,
        "parameter": nn.Parameter(torch.ones(2)),
        "bfloat16": torch.full((2,), 1.5, dtype=torch.bfloat16),
        "sparse": torch.eye(2).to_sparse(),
        "meta": torch.ones(2, device="meta"),
        "conjugate": torch.tensor([1 + 2j]).conj(),
        "empty": torch.ones(0, 3),
        "scalar": torch.tensor(2.5),
        "transposed": torch.arange(6).reshape(2, 3).T,
        "big int": 2**70,
        "generator": (i for i in range(3)),
        "keys": {1: 2},
        "mixed": [1.0, Float(1.0), {"a": torch.ones(1)}],
        "name": type("A" * 300, (), {})(),
    }[what]
"""
ENTRY_POINTS = {
    "Model": ("n_inputs",),
    "same": ("x",),
    "mean": ("x",),
    "made": ("what",),
    "gone": (),
}


@pytest.fixture
def session():
    session = Session(LocalTransport, [Source(SOURCE, lambda line: f"cell 1, line {line}")])
    session.begin(0, 5.0)
    yield session
    session.close()


@pytest.fixture
def subject(session):
    return Subject(session, ENTRY_POINTS)


@pytest.mark.parametrize(
    "value",
    [None, True, 3, 0.5, "text", [1, 2.0, "a"], (1, (2,)), {"a": [1], "b": {}}, float("inf"), "é"],
    ids=repr,
)
def test_plain_arguments_arrive_and_come_back(subject, value):
    found = value_of(subject.same(value))
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize("dtype", ["float32", "float64", "int64", "bool", "uint8", "float16"])
@pytest.mark.parametrize("shape", [(), (0,), (3, 1)])
def test_a_numpy_array_arrives_as_a_tensor_of_the_same_dtype_and_shape(subject, dtype, shape):
    found = value_of(subject.same(np.ones(shape, dtype)))
    assert (found.kind, found.dtype, found.array.shape) == ("tensor", dtype, shape)


def test_arrays_inside_lists_and_dicts_arrive_as_tensors(subject):
    found = value_of(subject.same({"a": [np.ones(2, "float32")]}))
    assert found["a"][0].kind == "tensor"


def test_a_numpy_scalar_arrives_as_a_number(subject):
    assert type(value_of(subject.same(np.float32(0.5)))) is float


def test_what_no_worker_knows_is_refused_in_the_judge(subject):
    with pytest.raises(TypeError, match="can't be sent"):
        subject.same(object())


def test_attributes_and_items_are_read_in_the_worker(subject):
    layer = subject.torch.nn.Linear(3, 1)
    assert plain(layer.weight.shape[1]) == 3
    assert plain(layer.state_dict()["bias"]).shape == (1,)
    assert plain(subject.made("mixed")[0]) == 1.0


def test_what_a_call_returned_can_be_passed_back_with_its_graph(subject):
    model = subject.Model(2)
    loss = subject.mean(model(np.ones((4, 2), "float32")))
    loss.backward()
    assert plain(model.linear.weight.grad).shape == (1, 2)


def test_a_handle_inside_a_list_can_be_passed_back(subject):
    model = subject.Model()
    optimizer = subject.torch.optim.SGD([model.linear.weight], lr=0.5)
    assert plain(optimizer.param_groups[0]["lr"]) == 0.5


def test_keyword_arguments_arrive(subject):
    assert plain(subject.Model(n_inputs=5).linear.in_features) == 5


def test_a_lazy_read_is_asked_for_once(session, subject):
    asked = []
    ask = session.ask
    session.ask = lambda *request: asked.append(request) or ask(*request)
    layer = subject.torch.nn.Linear
    assert asked == []
    assert value_of(layer) == value_of(layer)
    assert len(asked) == 1


def test_define_runs_the_authors_source_apart_from_the_students(subject):
    source = "def f(x):\n    return [type(x).__name__, 'Model' in globals(), torch.__name__]\n"
    assert plain(subject.define(source, "f")(np.ones(1))) == ["Tensor", False, "torch"]


def test_define_can_call_what_it_is_given(subject):
    helper = subject.define("def twice(f, x):\n    return f(f(x))\n", "twice")
    assert plain(helper(subject.same, 4)) == 4


# -- what is plain and what is not ----------------------------------------------------------


@pytest.mark.parametrize(
    ("what", "type_name"),
    [
        ("tensor that dispatches", "Wrapped"),
        ("lazy parameter", "UninitializedParameter"),
        ("big int", "int"),
        ("generator", "generator"),
        ("keys", "dict"),
        ("sparse", "tensor of layout torch.sparse_coo"),
        ("meta", "tensor on the device meta, which holds no numbers"),
        ("name", "A" * 200),
    ],
)
def test_what_only_looks_plain_is_a_handle(subject, what, type_name):
    found = value_of(subject.made(what))
    assert isinstance(found, Opaque)
    assert found.type_name == type_name


def test_a_subclass_goes_by_what_it_holds_at_any_depth(subject):
    first, second, third = value_of(subject.made("mixed"))
    assert [first, second] == [1.0, 1.0]
    assert type(second) is float
    assert isinstance(third["a"], ArrayValue)
    assert value_of(subject.made("list subclass")) == [1.0]
    values, indices = value_of(subject.made("of a method"))
    assert [values.array.tolist(), indices.array.tolist()] == [[3.0], [1]]


@pytest.mark.parametrize(
    ("what", "value"),
    [("numpy float", 0.25), ("numpy bool", True), ("size", (2, 3))],
)
def test_numpy_scalars_and_sizes_are_plain(subject, what, value):
    found = value_of(subject.made(what))
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("what", "dtype", "values"),
    [
        ("parameter", "float32", [1, 1]),
        ("own parameter", "float32", [1, 1]),
        ("tensor subclass", "float32", [1, 1]),
        ("buffer", "float32", [1, 1]),
        ("bfloat16", "bfloat16", [1.5, 1.5]),
        ("conjugate", "complex64", [1 - 2j]),
        ("scalar", "float32", 2.5),
        ("transposed", "int64", [[0, 3], [1, 4], [2, 5]]),
        ("empty", "float32", np.ones((0, 3))),
    ],
)
def test_tensors_of_every_kind_carry_their_values(subject, what, dtype, values):
    found = value_of(subject.made(what))
    assert found.dtype == dtype
    np.testing.assert_array_equal(found.array, values)
    assert found.array.shape == np.shape(values)
    assert found.requires_grad is ("parameter" in what)


# -- mistakes of the author and of the student -----------------------------------------------


def test_an_entry_point_that_is_not_there_is_the_workers_to_tell(subject):
    with pytest.raises(Raised, match="gone is not defined") as caught:
        subject.gone()
    assert caught.value.place == ""


def test_a_name_that_is_no_entry_point_is_the_authors_mistake(subject):
    with pytest.raises(AttributeError, match=r"modle is no entry point.*Model"):
        _ = subject.modle


@pytest.mark.parametrize("wrong", [bool, iter, list])
def test_a_remote_does_not_pass_for_a_value(subject, wrong):
    with pytest.raises(TypeError, match="plain"):
        wrong(subject.same(0))


def test_a_fault_knows_the_call_that_it_happened_in(subject):
    with pytest.raises(Raised) as caught:
        subject.mean(3)
    assert expression(caught.value.call) == "mean(x)"
    assert arguments(caught.value.call) == (("x", "3"),)


def test_the_result_of_a_call_knows_the_call(subject):
    result = subject.mean(np.array([[1.0], [2.0]]))
    assert expression(call_of(result)) == "mean(x)"
    assert arguments(call_of(result)) == (("x", "[1, 2] of shape (2, 1)"),)
    called = call_of(subject.Model()(np.ones((1, 1), "float32")))
    assert expression(called) == "model([1] of shape (1, 1))"


def test_a_remote_has_a_name_for_its_author():
    assert repr(Remote(None, {}, label="criterion")) == "<Remote criterion>"


# -- watched calls ------------------------------------------------------------------------


WAYS = """
import torch
from torch import nn
from torch.nn import functional as F

def by_function(z):
    return F.poisson_nll_loss(z, z, log_input=False)

def by_operation(z):
    return torch.ops.aten.sigmoid.default(z)

def by_method(z):
    return z.clone().sigmoid_()

def by_module(z):
    return nn.Softmin(0)(z)

def by_autograd(z):
    class Own(torch.autograd.Function):
        forward = staticmethod(lambda ctx, z: torch.sigmoid(z))
        backward = staticmethod(lambda ctx, above: above)
    return Own.apply(z)

def by_hand(z):
    assert torch.sigmoid is not None
    return 1 / (1 + torch.exp(-z))
"""
SEEN = {
    "by_function": "poisson_nll_loss",
    "by_operation": "sigmoid",
    "by_method": "sigmoid",
    "by_module": "softmax",
    "by_autograd": "sigmoid",
    "by_hand": "exp",
}


@pytest.fixture
def ways():
    session = Session(LocalTransport, [Source(WAYS, lambda line: f"line {line}")])
    session.begin(0, 5.0)
    yield Subject(session, dict.fromkeys(SEEN, ("z",)))
    session.close()


def test_what_torch_is_asked_for_is_seen_whatever_the_way(ways):
    z = np.array([0.5, 2.0], "float32")
    for name, operation in SEEN.items():
        answer = ways.watch(getattr(ways, name), z)
        assert operation in reply_of(answer).operations, name
        assert np.allclose(plain(answer), plain(getattr(ways, name)(z)))
    assert "sigmoid" not in reply_of(ways.watch(ways.by_hand, z)).operations


def test_only_the_call_that_is_watched_is_seen(ways):
    z = np.array([0.5, 2.0], "float32")
    assert reply_of(ways.by_method(z)).operations is None
    assert "sigmoid" not in reply_of(ways.watch(ways.by_hand, ways.by_method(z))).operations
