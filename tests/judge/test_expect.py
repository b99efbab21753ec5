"""Comparisons: type, exact shape, values; and the words and evidence of what fails."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from autograder.judge.expect import (
    CheckFailed,
    Evidence,
    array,
    credit,
    expect,
    fail,
    numbers,
    plain,
)
from autograder.sandbox.host.pipeline import Reply
from autograder.sandbox.host.remote import Call, Remote
from autograder.sandbox.wire import ArrayValue, Opaque


def tensor(values, dtype="float32", requires_grad=False):
    held = "float32" if dtype == "bfloat16" else dtype
    return ArrayValue(np.asarray(values, dtype=held), dtype, "tensor", requires_grad)


class Asked:
    """Who would be asked, were there something to ask: the student, or the reference."""

    def __init__(self, trusted=False):
        self.trusted = trusted


def returned(value, call="f(x)", *, trusted=False):
    """A Remote that holds the result of a call, as a check gets it."""
    name, _, inside = call.rstrip(")").partition("(")
    arguments = ((inside, 3),) if inside else ()
    call = Call(name, arguments)
    return Remote(Asked(trusted), {"r": 1}, reply=Reply(1, value), label=name, call=call)


def refused(action):
    with pytest.raises(CheckFailed) as caught:
        action()
    return caught.value


shapes = npst.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=4)
reals = st.floats(-1e6, 1e6, width=32)
arrays = shapes.flatmap(lambda shape: npst.arrays("float32", shape, elements=reals))


# -- by hand --------------------------------------------------------------------------------


READY_MADE = {"sigmoid": ("torch.sigmoid", "nn.Sigmoid"), "log_sigmoid": ("F.logsigmoid",)}


def watched(*operations):
    """What is expected of a watched call that gave 0.5."""
    reply = Reply(1, 0.5, operations)
    return expect(Remote(Asked(), {"r": 1}, reply=reply, call=Call("f", (("z", 3),))))


@pytest.mark.parametrize("seen", [(), ("exp",), ("scipy.special",), ("another_thread",), ("read",)])
def test_by_hand_is_what_is_built_from_the_operations_that_a_hand_needs(seen):
    watched("add", *seen).is_by_hand(READY_MADE, ("exp",), returned(0.6))
    watched("add", *seen).is_by_hand(READY_MADE, ("exp",), returned(tensor([0.5, 0.5])))


@pytest.mark.parametrize("seen", ["numpy", "local_scalar_dense"])
def test_numbers_that_left_torch_may_have_been_computed_by_hand(seen):
    watched("add", seen).is_by_hand(READY_MADE, ("exp",), returned(0.5))


@pytest.mark.parametrize(
    ("seen", "told"),
    [
        (("start_new_thread",), "in another thread"),
        (("another_thread", "acquire"), "in another thread"),
        (("another_process", "recv"), "in another process"),
        (("setprofile",), "where nobody looked on"),
    ],
)
@pytest.mark.parametrize("needs", [(), ("exp",)])
def test_what_someone_else_has_computed_is_not_by_hand(seen, told, needs):
    for_show = returned(0.6)
    failure = refused(lambda: watched("exp", *seen).is_by_hand(READY_MADE, needs, for_show))
    assert told in failure.rationale


def test_what_scipy_may_have_computed_is_not_by_hand():
    failure = refused(
        lambda: watched("numpy", "scipy.special").is_by_hand(READY_MADE, ("exp",), returned(0.5))
    )
    assert "in scipy" in failure.rationale


def test_where_nothing_is_needed_only_the_ready_made_is_refused():
    watched("add").is_by_hand(READY_MADE)
    watched("add", "another_thread", "scipy.special").is_by_hand(READY_MADE)
    refused(lambda: watched("sigmoid").is_by_hand(READY_MADE))


def test_what_is_ready_made_is_told_as_a_student_knows_it():
    failure = refused(
        lambda: watched("exp", "log_sigmoid_forward", "sigmoid").is_by_hand(
            READY_MADE, ("exp",), returned(0.6)
        )
    )
    assert failure.rationale == (
        "Called `f(z)` with z = 3. It had torch compute `F.logsigmoid`, `torch.sigmoid`, "
        "ready-made; expected the formula, written out."
    )
    assert failure.names == ["F.logsigmoid", "torch.sigmoid", "nn.Sigmoid"]


@pytest.mark.parametrize("seen", [(), ("add", "mul"), ("exp",)])
def test_what_is_the_same_without_them_is_not_by_hand(seen):
    failure = refused(
        lambda: watched(*seen).is_by_hand(READY_MADE, ("exp", "pow"), returned(0.5 + 1e-9))
    )
    assert "not seen to be built from any of these: exp, pow." in failure.rationale


def test_a_call_that_was_not_watched_is_the_authors_fault():
    with pytest.raises(TypeError, match=r"student\.watch"):
        expect(returned(0.5)).is_by_hand(READY_MADE, ("exp",), returned(0.6))


# -- close_to and equals --------------------------------------------------------------------


@given(arrays)
def test_a_value_is_close_to_and_equal_to_itself(array):
    expect(tensor(array)).close_to(array).equals(array)


@given(arrays, shapes)
def test_nothing_is_broadcast(array, shape):
    assume(array.shape != shape)
    for method in ("close_to", "equals"):
        failure = refused(
            lambda method=method: getattr(expect(tensor(array)), method)(np.zeros(shape))
        )
        assert failure.evidence.kind == "shape"


@pytest.mark.parametrize(
    ("actual", "expected"),
    [((1,), (1000,)), ((1000,), (1,)), ((), (1000,)), ((1,), ()), ((1000,), (1000, 1)), ((0,), ())],
)
def test_zeros_of_another_shape_are_not_close_to_zeros(actual, expected):
    refused(lambda: expect(tensor(np.zeros(actual))).close_to(np.zeros(expected), atol=1.0))


@given(arrays, st.data())
def test_one_wrong_element_is_enough(array, data):
    assume(array.size)
    wrong = array.copy()
    place = data.draw(st.integers(0, array.size - 1))
    flat = wrong.reshape(-1)
    flat[place] += np.float32(1 + abs(flat[place]) * 0.01)
    failure = refused(lambda: expect(tensor(wrong)).close_to(array))
    assert failure.evidence == Evidence("value", "", tuple(wrong.reshape(-1)[:64].astype(float)))
    refused(lambda: expect(tensor(wrong)).equals(array))


@given(arrays, st.data(), st.sampled_from([math.nan, math.inf, -math.inf]))
def test_nan_and_infinity_are_right_only_where_expected(array, data, odd):
    assume(array.size)
    place = data.draw(st.integers(0, array.size - 1))
    with_odd = array.copy()
    with_odd.reshape(-1)[place] = odd
    expect(tensor(with_odd)).close_to(with_odd).equals(with_odd)
    refused(lambda: expect(tensor(with_odd)).close_to(array, atol=1e9))
    refused(lambda: expect(tensor(array)).close_to(with_odd, atol=1e9, rtol=1e9))
    refused(lambda: expect(tensor(with_odd)).is_finite())


def test_the_infinities_differ():
    refused(lambda: expect(tensor(math.inf)).close_to(-math.inf))


@given(st.floats(0.5, 2.0), st.floats(0, 1e-3), st.floats(0, 1e-3))
def test_the_tolerance_is_atol_plus_rtol_times_expected(expected, atol, rtol):
    assume(atol + rtol > 1e-12)  # what a float can tell apart
    allowed = atol + rtol * expected
    expect(expected + 0.99 * allowed).close_to(expected, atol=atol, rtol=rtol)
    refused(
        lambda: expect(expected + 1.01 * allowed + 1e-12).close_to(expected, atol=atol, rtol=rtol)
    )


@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float32", "float64"])
def test_types_with_few_digits_are_given_no_more_room(dtype):
    expect(tensor([1.0], dtype)).close_to([1.0])
    refused(lambda: expect(tensor([1 + 2e-3], dtype)).close_to([1.0]))
    expect(tensor([1 + 2e-3], dtype)).close_to([1.0], atol=3e-3)


def test_numbers_for_a_check_to_compute_with_are_of_the_form_that_it_asks_for():
    assert array(returned(tensor([1, 2]))).tolist() == [1.0, 2.0]
    assert array(returned([1, 2.5]), 2).dtype == np.float64
    for value in ("text", None, {"a": 1}, [1, None], [[1], [1, 2]], 3 + 4j, Opaque("Model", 1)):
        refused(lambda value=value: array(returned(value)))
    refused(lambda: array(returned([1, 2]), 3))
    with pytest.raises(TypeError, match="student's process"):
        expect(1.0).close_to(array(returned(1.0)))
    expect(1.0).close_to(array(returned(1.0, trusted=True)))


def test_a_dict_is_held_against_its_names():
    expect(returned({"a": 1, "b": 2})).is_dict(["b", "a"]).is_dict()
    for value in ({"a": 1}, {"a": 1, "b": 2, 3: 4}, [("a", 1), ("b", 2)], "ab"):
        refused(lambda value=value: expect(returned(value)).is_dict(["a", "b"]))


@pytest.mark.parametrize(
    "value", [0.5, tensor(0.5), tensor(0.5, "float64"), np.float64(0.5)], ids=repr
)
def test_a_scalar_is_met_by_a_number_and_by_a_tensor_without_dimensions(value):
    expect(value).close_to(0.5).equals(0.5)


@pytest.mark.parametrize("value", [tensor([0.5]), tensor([[0.5]]), [0.5], (0.5,)], ids=repr)
def test_a_scalar_is_not_met_by_something_with_dimensions(value):
    refused(lambda: expect(value).close_to(0.5))


@pytest.mark.parametrize(
    "value", [[1.0, 2.0], (1, 2), tensor([1, 2]), [tensor(1), tensor(2)]], ids=repr
)
def test_a_list_is_met_by_a_list_or_a_tensor_with_one_dimension(value):
    expect(value).close_to([1.0, 2.0])


@pytest.mark.parametrize(
    ("value", "type_name"),
    [
        (None, "NoneType"),
        ("0.5", "str"),
        (["0.5", "0.5"], "str"),
        ([0.5, None], "NoneType"),
        ([0.5, {"a": 1}], "dict"),
        ({"a": 0.5}, "dict"),
        (Opaque("AlwaysEqual", 3), "AlwaysEqual"),
        ([0.5, Opaque("Lazy", 3)], "Lazy"),
        (tensor([0.5, 0.5], "complex64"), "complex tensor"),
        ([tensor(0.5, "complex64")] * 2, "complex tensor"),
    ],
    ids=repr,
)
@pytest.mark.parametrize("method", ["close_to", "equals"])
def test_what_is_no_real_number_is_told_by_its_type(value, type_name, method):
    for expected in (0.5, [0.5, 0.5], [0.5, math.nan]):
        failure = refused(lambda expected=expected: getattr(expect(value), method)(expected))
        assert failure.evidence.kind in ("type", "value")
        if failure.evidence.kind == "type":
            assert failure.evidence.detail == type_name


def test_a_ragged_list_is_no_array():
    refused(lambda: expect([[1.0], [1.0, 2.0]]).close_to([[1.0, 0.0], [1.0, 2.0]]))


@pytest.mark.parametrize(
    "value", [True, 1, 1.0, tensor(1, "int64"), tensor(True, "bool")], ids=repr
)
def test_one_true_and_one_point_zero_are_the_same_label(value):
    expect(value).equals(1).equals(True).equals(1.0)


def test_equals_is_exact():
    refused(lambda: expect(1.0 + 1e-12).equals(1.0))


def test_words_and_none_are_compared_too():
    expect(returned("Adam")).equals("Adam")
    expect(returned(None)).equals(None)
    expect(returned("Adam")).equals(returned("Adam", trusted=True))
    assert refused(lambda: expect("SGD").equals("Adam")).evidence == Evidence("value", "SGD")
    refused(lambda: expect(tensor(1)).equals(None))
    refused(lambda: expect(None).equals(0.0))
    refused(lambda: expect("1").equals(1))


def test_the_expected_value_may_be_the_references():
    right = returned(tensor([1, 2]), trusted=True)
    expect(returned(tensor([1, 2]))).close_to(right).close_to(plain(right))
    refused(lambda: expect(returned(tensor([1, 3]))).equals(right))


@pytest.mark.parametrize(
    "expected",
    [
        lambda: returned(tensor([1.0, 2.0])),
        lambda: plain(returned(tensor([1.0, 2.0]))),
        lambda: plain(returned(tensor([1.0, 2.0]))) * 2 / 2,
        lambda: plain(returned([1.0, 2.0])),
        lambda: [1.0, plain(returned(2.0))],
    ],
    ids=["a handle", "an array", "computed from one", "a list", "a number in a list"],
)
def test_the_expected_value_is_never_the_students(expected):
    answer = expect(returned(tensor([1.0, 2.0])))
    with pytest.raises(TypeError, match="came from the student's process"):
        answer.close_to(expected())
    with pytest.raises(TypeError, match="came from the student's process"):
        answer.equals(expected())
    answer.agrees_with(expected())


# -- bounds and forms -----------------------------------------------------------------------


def test_bounds_hold_for_every_element():
    expect(tensor([0.2, 0.8])).is_between(0, 1).at_least(0.2 - 1e-6).at_most(0.81).is_finite()
    for wrong in ([-0.1, 0.5], [0.5, 1.1], [0.5, math.nan]):
        refused(lambda wrong=wrong: expect(tensor(wrong)).is_between(0, 1))
    refused(lambda: expect(tensor([1.0, math.nan])).at_least(0))
    refused(lambda: expect(tensor([1.0, math.nan])).at_most(9))
    refused(lambda: expect(1.0).at_most(0.5))


@pytest.mark.parametrize("empty", [[], (), tensor([]), tensor(np.zeros((0, 1)))], ids=repr)
def test_an_answer_without_numbers_is_within_no_bounds(empty):
    for action in (
        lambda: expect(empty).is_finite(),
        lambda: expect(empty).is_between(0, 1),
        lambda: expect(empty).at_least(0),
        lambda: expect(empty).at_most(0),
    ):
        refused(action)


def test_an_empty_list_is_close_to_an_empty_list():
    expect([]).is_list(0).close_to([])


def test_forms_are_told_apart():
    expect(tensor([1.0], requires_grad=True)).is_tensor().has_shape(1).is_differentiable()
    expect(0.5).is_float()
    expect([1, 2]).is_list(2)
    expect((1, 2)).is_list()
    expect(Opaque("Model", 1)).is_a("Model")
    for action, kind, detail in [
        (lambda: expect(0.5).is_tensor(), "type", "float"),
        (
            lambda: expect(ArrayValue(np.ones(1), "float64", "ndarray")).is_tensor(),
            "type",
            "ndarray",
        ),
        (lambda: expect(tensor(0.5)).is_float(), "type", "tensor"),
        (lambda: expect(1).is_float(), "type", "int"),
        (lambda: expect(True).is_float(), "type", "bool"),
        (lambda: expect(tensor([1.0])).is_list(1), "type", "tensor"),
        (lambda: expect([1, 2]).is_list(3), "length", ""),
        (lambda: expect(tensor([1.0])).is_differentiable(), "no gradient", ""),
        (lambda: expect(Opaque("Net", 1)).is_a("Model"), "type", "Net"),
        (lambda: expect(tensor(np.ones((4, 1)))).has_shape(4), "shape", "tensor (4, 1)"),
    ]:
        evidence = refused(action).evidence
        assert (evidence.kind, evidence.detail) == (kind, detail)


# -- words and evidence ---------------------------------------------------------------------


def test_a_rationale_says_what_was_called_what_came_and_what_was_expected():
    failure = refused(lambda: expect(returned(tensor(0.12987))).close_to(0.299, atol=1e-5))
    assert failure.rationale == (
        "Called `f(x)` with x = 3. It returned 0.12987; expected 0.299 within 1e-05."
    )


def test_a_rationale_names_the_shapes():
    failure = refused(lambda: expect(returned(tensor([[1.0]]))).close_to([1.0]))
    assert "expected shape (1,), not shape (1, 1)" in failure.rationale


def test_the_authors_name_for_a_value_and_hint_are_kept():
    failure = refused(
        lambda: expect(tensor(2), what="the third loss", hint="Look again.").close_to(1)
    )
    assert failure.rationale == "the third loss is 2; expected 1 within 1e-05."
    assert failure.hint == "Look again."


def test_even_a_huge_wrong_answer_is_told_in_a_line():
    failure = refused(
        lambda: expect(returned(tensor(np.ones(1_000_000)))).close_to(np.zeros(1_000_000))
    )
    assert len(failure.rationale) < 300
    assert len(failure.evidence.numbers) == 64


def test_a_type_error_keeps_the_numbers_as_evidence():
    assert refused(lambda: expect(tensor(0.5)).is_float()).evidence.numbers == (0.5,)


@given(
    st.recursive(st.none() | st.booleans() | reals | st.text(max_size=3), st.lists, max_leaves=8)
)
def test_evidence_is_taken_from_whatever_there_is(value):
    assert all(type(number) is float for number in numbers(value))


def test_fail_carries_evidence():
    failure = refused(lambda: fail("It stayed.", "Does it move?", evidence=[1, 2.5]))
    assert (failure.rationale, failure.hint) == ("It stayed.", "Does it move?")
    assert failure.evidence == Evidence("said", "", (1.0, 2.5))
    assert refused(lambda: fail("No.", evidence=returned(tensor([3])))).evidence.numbers == (3.0,)


@pytest.mark.parametrize(
    ("given_", "kept"),
    [(0.25, 0.25), (-1, 0.0), (7, 1.0), (math.nan, 0.0), (math.inf, 1.0), (np.float32(0.5), 0.5)],
)
def test_credit_is_a_fraction(given_, kept):
    found = credit(given_, "half way")
    assert found.fraction == kept
    assert type(found.fraction) is float


def test_plain_unwraps_at_any_depth():
    value = plain(returned({"a": [tensor([1.0])], "b": (1, None)}))
    np.testing.assert_array_equal(value["a"][0], [1.0])
    assert value["b"] == (1, None)


def test_plain_fails_the_check_where_there_is_no_data():
    failure = refused(lambda: plain(returned([1.0, Opaque("generator", 4)])))
    assert failure.evidence == Evidence("type", "generator")
    assert "not a generator" in failure.rationale
