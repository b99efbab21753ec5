"""Values and calls in words, as a rationale shows them."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from autograder.sandbox.host.remote import Call, Remote, label_of, reply_of
from autograder.sandbox.wire import ArrayValue, Opaque

KNOWN_AS = {
    "builtin_function_or_method": "built-in function",
    "type": "class",
    "str": "string",
}
"""Names of types that are not what one calls them."""


def show(value: Any, limit: int = 8) -> str:
    """A value, short: numbers with at most 5 significant digits.

    Of a list or dict the first `limit` parts, of one inside it half as many.
    """
    if isinstance(value, Remote):
        reply = reply_of(value)
        if reply is None or isinstance(reply.value, Opaque):
            return label_of(value) or "..."
        return show(reply.value)
    if isinstance(value, ArrayValue):
        return show_array(value.array, limit)
    if isinstance(value, np.ndarray):
        return show_array(value, limit)
    if isinstance(value, Opaque):
        return article(value.type_name)
    if isinstance(value, float):
        return f"{value:.5g}"
    if isinstance(value, (list, tuple)):
        inner = ", ".join(show(item, limit // 2 or 1) for item in value[:limit])
        return f"[{inner}{', ...' if len(value) > limit else ''}]"
    if isinstance(value, dict):
        pairs = list(value.items())[:limit]
        inner = ", ".join(f"{show(key)}: {show(item, limit // 2 or 1)}" for key, item in pairs)
        return f"{{{inner}{', ...' if len(value) > limit else ''}}}"
    if isinstance(value, str):
        return repr(value if len(value) < 80 else value[:77] + "...")
    return str(value)


def show_array(array: npt.NDArray[Any], limit: int = 8) -> str:
    """`[0.9, 0.2, 0.7, 0.4] of shape (4, 1)`: the first values, and the shape if it says more."""
    flat = array.reshape(-1)
    if array.ndim == 0:
        return show(flat[0].item())
    inner = ", ".join(show(item) for item in flat[:limit].tolist())
    dots = ", ..." if flat.size > limit else ""
    shape = "" if array.ndim == 1 and not dots else f" of shape {tuple(array.shape)}"
    return f"[{inner}{dots}]{shape}"


def article(name: str) -> str:
    """A type's name with its article: "a Model", "an Adam"; None has none."""
    if name == "NoneType":
        return "None"
    name = KNOWN_AS.get(name, name)
    return f"{'an' if name[:1].lower() in 'aeiou' else 'a'} {name}"


# -- calls ----------------------------------------------------------------------------------


def called(call: object) -> str:
    """The first sentence of a rationale: what was called and with what; "" for no call."""
    if not isinstance(call, Call):
        return ""
    pairs = arguments(call)
    given = ", ".join(f"{name} = {shown}" for name, shown in pairs if name and name != shown)
    with_these = f" with {given}" if given else ""
    if call.elsewhere:
        with_these += ", all on a GPU"
    if own := about(call):
        return f"Used {' and '.join(f'`{name}`' for name in own)}{with_these}. "
    return f"Called `{expression(call)}`{with_these}. "


def expression(call: Call) -> str:
    """The call as Python: `criterion(p, y)`."""
    return f"{call.name}({', '.join(name or shown for name, shown in arguments(call))})"


def about(call: Call) -> tuple[str, ...]:
    """Where an author's helper was called: what of the student's was passed to it."""
    if not call.is_helper:
        return ()
    remotes = (item for _, item in call.given if isinstance(item, Remote))
    return tuple(filter(None, map(label_of, remotes)))


def arguments(call: Call) -> tuple[tuple[str, str], ...]:
    """(name, text) pairs; without what `about` has named."""
    left_out = Remote if about(call) else ()
    return tuple((name, show(item)) for name, item in call.given if not isinstance(item, left_out))
