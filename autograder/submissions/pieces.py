"""Save what compiles: a syntax error costs the statement that it stands in, not its neighbours."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

from autograder.submissions.layout import blocks
from autograder.submissions.syntax import SyntaxProblem, first_line, parse, problem_of

_MOST_JOINED = 60
_MOST_STATEMENTS = 2000
_MOST_BLOCKS = 5000
_LEAST_BUDGET = 200_000
_DEFINES = re.compile(r"^(?:async[ \t]+)?(?:def|class)[ \t]+(\w+)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Piece:
    """Whole lines of a source: `first_line` is 1-based, `problem` says why it doesn't compile."""

    source: str
    first_line: int
    problem: SyntaxProblem | None = None

    def defines(self) -> list[str]:
        """The names that a broken piece meant to define at column 0."""
        return _DEFINES.findall(self.source)


def whole_or_pieces(source: str) -> list[Piece]:
    """The source as one piece if it compiles, else its statements, broken ones among them."""
    problem = problem_of(source)
    return [Piece(source, 1)] if problem is None else _recover(source, problem)


def cuts(source: str) -> tuple[int, ...]:
    """The lines (1-based) after which a top-level statement has ended and another one follows.

    Statements that share a line stay together, and so do neighbours where there are thousands.
    """
    tree = parse(source)
    found = [
        end
        for node, following in pairwise(tree.body if tree is not None else ())
        if first_line(following) > (end := node.end_lineno or node.lineno)
    ]
    return tuple(found[:: len(found) // _MOST_STATEMENTS + 1])


def _recover(source: str, problem: SyntaxProblem) -> list[Piece]:
    """The statements of a source that does not compile as a whole.

    A block that ends too early (a string with text at column 0, a bracket) is tried together with
    those after it, up to a budget of characters, so that hostile text can't cost more than a
    few times its length.
    """
    lines = source.split("\n")
    spans = blocks(lines)
    if not 1 < len(spans) <= _MOST_BLOCKS:
        return [Piece(source, 1, problem)]
    budget = max(_LEAST_BUDGET, 4 * len(source))
    pieces: list[Piece] = []
    index = 0
    while index < len(spans):
        first, last = spans[index]
        text = "\n".join(lines[first:last])
        found = problem_of(text)
        index += 1
        if found is not None and found.incomplete:
            for ahead in range(index, min(index + _MOST_JOINED, len(spans))):
                longer = "\n".join(lines[first : spans[ahead][1]])
                budget -= len(longer)
                if budget < 0:
                    break
                if problem_of(longer) is None:
                    text, found, index = longer, None, ahead + 1
                    break
        pieces.append(Piece(text, first + 1, found))
    return pieces
