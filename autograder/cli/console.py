"""What the commands share: how one is added, common options, the console."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from rich.console import Console


class AddCommand(Protocol):
    """Adds a command's parser: name, what runs it, a line of help, examples."""

    def __call__(
        self, name: str, run: Callable[[argparse.Namespace], int], summary: str, epilog: str
    ) -> argparse.ArgumentParser: ...


def course_option(options: argparse.ArgumentParser) -> None:
    """Adds `--course`."""
    options.add_argument(
        "--course",
        type=Path,
        default=Path(),
        metavar="DIR",
        help="the course (default: found from here upward)",
    )


def make_console() -> Console:
    """A console that wraps nothing by itself, and for which a closed pipe is `main`'s to handle."""
    from rich.console import Console

    class Plain(Console):
        def on_broken_pipe(self) -> None:
            raise BrokenPipeError  # rich itself would exit with 1

    return Plain(highlight=False, soft_wrap=False)
