"""What a check says of a value: `expect(student.criterion(p, y)).close_to(0.29900)`.

Comparisons look at the type first, then at the exact shape, then at the values; they never
broadcast. nan is right only where nan is expected. A failed expectation raises `CheckFailed`
with the rationale (called this, got that, expected this), a hint if the author gave one, and
the *evidence*: the wrong value in numbers, by which known mistakes are recognised.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NoReturn

import numpy as np
import numpy.typing as npt

from autograder.judge.origin import StudentArray, is_marked, marked
from autograder.judge.wording import article, called, show
from autograder.sandbox.host.remote import Remote, call_of, is_trusted, reply_of, value_of
from autograder.sandbox.wire import ArrayValue, Opaque
from autograder.sandbox.worker.watching import HAS_UFUNCS, LEAVES_TORCH, OTHERS, WAITS

EVIDENCE_NUMBERS = 64
ELSEWHERE = {
    "fork": "in another process",
    "fork_exec": "in another process",
    "posix_spawn": "in another process",
    "setprofile": "where nobody looked on",
    "start_new_thread": "in another thread",
}
"""Where the answer may have been computed, by what was seen meanwhile."""
_DIRECTION = re.compile("_(forward|backward)$")


@dataclass(frozen=True, slots=True)
class Evidence:
    """How a check failed, comparably: `kind` ("value", "shape", "raised", ..), words, numbers."""

    kind: str
    detail: str = ""
    numbers: tuple[float, ...] = ()


class CheckFailed(Exception):
    """The student's answer is not right. Carries what the report says of it.

    `actual` and `expected` are the two values as the rationale words them; "" where it has none.
    Lines of the student's that use one of `names` are shown with it.
    """

    def __init__(
        self,
        rationale: str,
        hint: str | None,
        evidence: Evidence,
        actual: str = "",
        expected: str = "",
        names: Sequence[str] = (),
    ):
        super().__init__(rationale)
        self.rationale = rationale
        self.hint = hint
        self.evidence = evidence
        self.actual = actual
        self.expected = expected
        self.names = names


@dataclass(frozen=True, slots=True)
class Credit:
    """Part of a check's points: `fraction` in [0, 1], with the reason."""

    fraction: float
    rationale: str
    evidence: tuple[float, ...] = ()


def credit(fraction: float, rationale: str, evidence: Any = None) -> Credit:
    """Partial credit; `fraction` is clipped to [0, 1], nan counts as 0.

    `evidence` is a number, or numbers, that characterise the answer (default: the fraction).
    """
    bounded = float(np.clip(np.nan_to_num(fraction, nan=0.0), 0.0, 1.0))
    return Credit(bounded, rationale, numbers(bounded if evidence is None else evidence))


def fail(
    rationale: str, hint: str | None = None, evidence: Any = (), kind: str = "said"
) -> NoReturn:
    """Fails the check; `evidence` is a number, or numbers, that characterise the answer."""
    raise CheckFailed(rationale, hint, Evidence(kind, "", numbers(evidence)))


def plain(remote: Any) -> Any:
    """The Python data behind a Remote, tensors as NumPy arrays; without any the check fails."""
    if not isinstance(remote, Remote):
        return remote
    value = value_of(remote)
    if (opaque := first_opaque(value)) is not None:
        Expectation(remote)._refuse_type(opaque.type_name, "numbers or tensors")
    return unwrapped(value) if is_trusted(remote) else marked(unwrapped(value))


def array(remote: Any, *shape: int, what: str = "") -> npt.NDArray[np.float64]:
    """The numbers behind a Remote as a float64 array of this shape (none given: of any).

    For a check that computes with them: where they are something else, the check fails.
    """
    found = expect(remote, what)._array(shape or None)
    trusted = is_trusted(remote) if isinstance(remote, Remote) else not is_marked(remote)
    return found if trusted else found.view(StudentArray)


def own(expected: Any) -> Any:
    """An expected value as plain data. Raises TypeError where it came from the student."""
    if is_marked(expected) or (isinstance(expected, Remote) and not is_trusted(expected)):
        raise TypeError(
            "the expected value came from the student's process: compute it from numbers, or in "
            "hidden.py with `reference`"
        )
    return plain(expected)


def unwrapped(value: Any) -> Any:
    """Wire values as Python data, at any depth."""
    if isinstance(value, ArrayValue):
        return value.array
    if isinstance(value, (list, tuple)):
        return type(value)(unwrapped(item) for item in value)
    if isinstance(value, dict):
        return {key: unwrapped(item) for key, item in value.items()}
    return value


def first_opaque(value: Any) -> Opaque | None:
    """The first part of a value that is no plain data, if any."""
    if isinstance(value, Opaque):
        return value
    parts: Sequence[Any] = ()
    if isinstance(value, (list, tuple)):
        parts = value
    elif isinstance(value, dict):
        parts = list(value.values())
    return next((found for part in parts if (found := first_opaque(part))), None)


def first_odd(value: Any) -> str | None:
    """The type of the first part that is no real number (None, a string of digits), if any."""
    if isinstance(value, (list, tuple)):
        return next((odd for part in value if (odd := first_odd(part)) is not None), None)
    if isinstance(value, ArrayValue):
        return f"complex {value.kind}" if np.iscomplexobj(value.array) else None
    if isinstance(value, (bool, int, float, np.bool_, np.integer, np.floating)):
        return None
    if isinstance(value, np.ndarray) and value.dtype.kind in "biuf":
        return None
    return type_name(value)


def numbers(value: Any) -> tuple[float, ...]:
    """The first numbers in a value, flattened: evidence."""
    if isinstance(value, Remote):
        value = value_of(value)
    if first_odd(value) is not None:
        return ()
    try:
        flat = np.asarray(unwrapped(value), dtype=np.float64).reshape(-1)
    except (TypeError, ValueError, OverflowError):
        return ()
    return tuple(float(x) for x in flat[:EVIDENCE_NUMBERS])


def expect(value: Any, what: str = "", hint: str | None = None) -> Expectation:
    """Starts an expectation on a Remote or on plain data; `what` names it in the rationale."""
    return Expectation(value, what, hint)


class Expectation:
    """See `expect`. Each method returns the expectation itself, so that they chain."""

    def __init__(self, value: Any, what: str = "", hint: str | None = None):
        self.value = value_of(value) if isinstance(value, Remote) else value
        self.call = call_of(value) if isinstance(value, Remote) else None
        reply = reply_of(value) if isinstance(value, Remote) else None
        self.operations = reply.operations if reply else None
        self.what = what
        self.hint = hint

    # -- values -----------------------------------------------------------------------

    def close_to(self, expected: Any, atol: float = 1e-6, rtol: float = 1e-5) -> Expectation:
        """Within atol + rtol * |expected|, element by element, of exactly that shape.

        A scalar `expected` is met by a Python number or a tensor without dimensions; a list
        by a list of numbers or a tensor with one dimension. The tolerance is the same for every
        type of numbers: in one with few digits an answer may be too far off.
        """
        return self._near(own(expected), atol, rtol)

    def agrees_with(self, other: Any, atol: float = 1e-6, rtol: float = 1e-5) -> Expectation:
        """As `close_to`, with another answer of the student's: that two agree, not that they are
        right."""
        return self._near(plain(other), atol, rtol)

    def _near(self, expected: Any, atol: float, rtol: float) -> Expectation:
        wanted = np.asarray(expected, dtype=np.float64)
        actual = self._array(wanted.shape)
        allowed = atol + rtol * np.abs(np.where(np.isfinite(wanted), wanted, 0.0))
        with np.errstate(invalid="ignore"):
            near = np.abs(actual - wanted) <= allowed
        fine = near | (np.isnan(actual) & np.isnan(wanted)) | (actual == wanted)
        if not fine.all():
            within = float(allowed.reshape(-1)[0]) if allowed.size else atol
            self._refuse(
                f"{show_expected(wanted)} within {within:.1g}",
                Evidence("value", "", numbers(actual)),
            )
        return self

    def equals(self, expected: Any) -> Expectation:
        """Exactly equal, of exactly that shape; True, 1 and 1.0 are the same label."""
        expected = own(expected)
        if isinstance(expected, str) or expected is None or isinstance(self.value, str):
            if self.value != expected:
                self._refuse(show(expected), Evidence("value", str(self.value)[:200]))
            return self
        wanted = np.asarray(expected, dtype=np.float64)
        actual = self._array(wanted.shape)
        if not np.array_equal(actual, wanted, equal_nan=True):
            self._refuse(show_expected(wanted), Evidence("value", "", numbers(actual)))
        return self

    def is_finite(self) -> Expectation:
        """No nan and no infinity in it."""
        actual = self._some_numbers()
        if not np.isfinite(actual).all():
            self._refuse("finite numbers", Evidence("value", "", numbers(actual)))
        return self

    def is_between(self, low: float, high: float) -> Expectation:
        """Every number within [low, high]."""
        actual = self._some_numbers()
        if not bool(((actual >= low) & (actual <= high)).all()):
            self._refuse(
                f"numbers from {low:g} to {high:g}", Evidence("value", "", numbers(actual))
            )
        return self

    def at_least(self, bound: float) -> Expectation:
        actual = self._some_numbers()
        if not bool((actual >= bound).all()):
            self._refuse(f"at least {bound:g}", Evidence("value", "", numbers(actual)))
        return self

    def at_most(self, bound: float) -> Expectation:
        actual = self._some_numbers()
        if not bool((actual <= bound).all()):
            self._refuse(f"at most {bound:g}", Evidence("value", "", numbers(actual)))
        return self

    # -- forms ------------------------------------------------------------------------

    def is_tensor(self) -> Expectation:
        if not (isinstance(self.value, ArrayValue) and self.value.kind == "tensor"):
            self._refuse_type(type_name(self.value), "a tensor")
        return self

    def is_float(self) -> Expectation:
        """A Python float (a NumPy scalar passes), no tensor."""
        if type(self.value) is not float:
            self._refuse_type(type_name(self.value), "a Python float")
        return self

    def is_list(self, length: int | None = None) -> Expectation:
        """A list (or tuple), of that length if one is given."""
        if not isinstance(self.value, (list, tuple)):
            self._refuse_type(type_name(self.value), "a list")
        if length is not None and len(self.value) != length:
            evidence = Evidence("length", "", (float(len(self.value)),))
            self._refuse(f"a list of {length}, not of {len(self.value)}", evidence)
        return self

    def is_dict(self, names: Collection[str] | None = None) -> Expectation:
        """A dict; with these keys, in any order, and no others, if some are given."""
        if not isinstance(self.value, dict):
            self._refuse_type(type_name(self.value), "a dict")
        if names is not None and {*self.value} != {*names}:
            self._refuse(f"a dict of {list(names)}", Evidence("keys", str([*self.value])[:200]))
        return self

    def is_a(self, name: str) -> Expectation:
        """Its type has this name."""
        if type_name(self.value) != name:
            self._refuse_type(type_name(self.value), f"a {name}")
        return self

    def has_shape(self, *shape: int) -> Expectation:
        actual = self._array(None)
        if actual.shape != shape:
            self._refuse_shape(actual, shape)
        return self

    def is_differentiable(self) -> Expectation:
        """A tensor that autograd can start from: requires_grad is set."""
        self.is_tensor()
        if not self.value.requires_grad:
            evidence = Evidence("no gradient", "", numbers(self.value))
            self._refuse("a tensor that remembers how it was computed (requires_grad)", evidence)
        return self

    def is_by_hand(
        self,
        ready_made: Mapping[str, Sequence[str]],
        needs: Collection[str] = (),
        bent: Any = None,
    ) -> Expectation:
        """The result of a watched call (`student.watch`): torch was asked for none of the
        operations in `ready_made`, and the answer is built from those in `needs` if there are some:
        `bent`, that of `student.bend(needs, ...)`, is another one. Where the numbers left torch,
        nobody can see that. Where they may have gone to someone else, it does not pass.

        `ready_made` gives for each what a student may have written for it, first what she is told:
        {"binary_cross_entropy": ("F.binary_cross_entropy", "nn.BCELoss")}. An operation is called
        as in torch.ops.aten or by its function, with neither outer underscores nor "_forward".
        """
        if self.operations is None:
            raise TypeError("is_by_hand is about a watched call: student.watch(student.f, ...)")
        asked = {_DIRECTION.sub("", name) for name in self.operations}
        if found := sorted(asked.intersection(ready_made)):
            told = ", ".join(f"`{ready_made[name][0]}`" for name in found)
            raise CheckFailed(
                f"{called(self.call)}It had torch compute {told}, ready-made; expected the "
                "formula, written out.",
                self.hint,
                Evidence("ready-made", "", (1.0,)),
                names=[name for operation in found for name in ready_made[operation]],
            )
        gone = [place for name, place in ELSEWHERE.items() if name in asked]
        if not asked.isdisjoint(WAITS):
            gone += [place for name, place in OTHERS.items() if name in asked]
        if gone:
            rationale = f"{called(self.call)}The answer was computed {gone[0]}."
            raise CheckFailed(rationale, self.hint, Evidence("elsewhere"))
        if not needs:
            return self
        if bent is None:
            raise TypeError("is_by_hand needs what student.bend(needs, ...) gave, as `bent`")
        answer, other = self._array(None), array(bent, what="The answer once more")
        if answer.shape != other.shape or not np.allclose(answer, other, rtol=1e-4, atol=1e-6):
            return self
        if asked.isdisjoint(LEAVES_TORCH) or HAS_UFUNCS in asked:
            unseen = "The answer was not seen to be built from any of these"
            rationale = f"{called(self.call)}{unseen}: {', '.join(needs)}."
            rationale += " It was computed in scipy, maybe." if HAS_UFUNCS in asked else ""
            raise CheckFailed(rationale, self.hint, Evidence("unseen"))
        return self

    # -- failing ----------------------------------------------------------------------

    def _array(self, shape: tuple[int, ...] | None) -> npt.NDArray[np.float64]:
        """The numbers as float64, of exactly `shape` if one is wanted."""
        if (odd := first_odd(self.value)) is not None:
            self._refuse_type(odd, "a number" if shape == () else "numbers")
        try:
            actual = np.asarray(unwrapped(self.value), dtype=np.float64)
        except (TypeError, ValueError, OverflowError):
            self._refuse_type(type_name(self.value), "numbers")
        if shape is not None and actual.shape != shape:
            self._refuse_shape(actual, shape)
        return actual

    def _some_numbers(self) -> npt.NDArray[np.float64]:
        """The numbers, of any shape, but at least one: what is said of none is true of all."""
        actual = self._array(None)
        if not actual.size:
            self._refuse(f"numbers, not shape {actual.shape}", Evidence("shape", f"{actual.shape}"))
        return actual

    def _refuse_shape(self, actual: npt.NDArray[np.float64], shape: tuple[int, ...]) -> NoReturn:
        detail = f"{type_name(self.value)} {actual.shape}"
        wanted = f"shape {shape}" if shape else "a single number"
        self._refuse(
            f"{wanted}, not shape {actual.shape}", Evidence("shape", detail, numbers(actual))
        )

    def _refuse_type(self, found: str, wanted: str) -> NoReturn:
        """Fails with the type that came where another was wanted."""
        shown = show(self.value)
        if isinstance(self.value, ArrayValue):  # as a bare number it would look like one
            shown = f"{self.value.kind}({shown})"
        evidence = Evidence("type", found, numbers(self.value))
        self._refuse(f"{wanted}, not {article(found)}", evidence, shown)

    def _refuse(self, wanted: str, evidence: Evidence, shown: str = "") -> NoReturn:
        shown = shown or show(self.value)
        rationale = f"{self._got(shown)}; expected {wanted}."
        raise CheckFailed(rationale, self.hint, evidence, shown, wanted)

    def _got(self, shown: str) -> str:
        if self.what:
            return f"{called(self.call)}{self.what} is {shown}"
        return f"{called(self.call)}It returned {shown}" if self.call else f"Got {shown}"


def show_expected(wanted: npt.NDArray[np.float64]) -> str:
    return show(wanted if wanted.ndim else float(wanted))


def type_name(value: Any) -> str:
    """The type as a student knows it: "tensor", "float", "NoneType", a class's name."""
    if isinstance(value, ArrayValue):
        return value.kind
    if isinstance(value, Opaque):
        return value.type_name
    return type(value).__name__
