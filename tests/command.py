"""The command line within the test process, where a process of its own is not the point."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from autograder.cli.main import main


@pytest.fixture
def command(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Callable[..., CompletedProcess[str]]:
    """Runs a command in a folder: `command("grade", path, cwd=folder, COLUMNS="120")`."""

    def run(*words: object, cwd: Path | None = None, **environment: str) -> CompletedProcess[str]:
        arguments = [str(word) for word in words]
        capsys.readouterr()
        with monkeypatch.context() as patch:
            if cwd is not None:
                patch.chdir(cwd)
            for name, value in environment.items():
                patch.setenv(name, value)
            try:
                code = main(arguments)
            except SystemExit as ended:
                code = ended.code
        return CompletedProcess(arguments, code, *capsys.readouterr())

    return run
