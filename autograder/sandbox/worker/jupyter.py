"""What a notebook's code finds around it: `get_ipython()`, `display`, `%run`. Worker side.

Jupyter is not here. Code that asks for it is served as far as others' lines depend on it: files are
written, run and imported; the rest does nothing and gives `Nothing`. IPython itself is never
imported: it would take longer than most submissions.
"""

from __future__ import annotations

import builtins
import importlib
import importlib.abc
import importlib.machinery
import json
import os
import shlex
import sys
import types
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from autograder.sandbox.worker.running import run_statements

BODY_RUNS = frozenset("time timeit capture prun debug memit mprun lprun".split())
"""Cell magics under which a cell runs as it would without."""
OFFERED = (
    "Audio Code FileLink GeoJSON HTML IFrame Image JSON Javascript Latex Markdown Math Pretty"
    " ProgressBar SVG Video YouTubeVideo clear_output display_html display_markdown"
    " set_matplotlib_formats update_display"
).split()
"""What `from IPython.display import *` gives, besides `display`."""
CHECKS = "autograder.notebook"
"""What a released notebook imports for its checks, which need not run here."""
NOT_HERE = ("IPython", "import_ipynb", "nbimporter", "importnb", "ipynb")
IN_FOLDERS = ("ipynb.fs.full.", "ipynb.fs.defs.")
"""Before the name of a notebook that is imported as a module."""

WRAPPED = (types.FunctionType, type)
"""What a decorator gives back as it was."""


class Nothing:
    """Stands for what is not here: whatever is done with it is harmless."""

    def __init__(self, *args: Any, **kwargs: Any):
        pass

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return args[0] if len(args) == 1 and isinstance(args[0], WRAPPED) else Nothing()

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return Nothing()

    def __getitem__(self, key: object) -> Any:
        return Nothing()

    def __setitem__(self, key: object, value: object) -> None:
        pass

    def __iter__(self) -> Iterator[Any]:
        return iter(())

    def __len__(self) -> int:
        return 0

    def __enter__(self) -> Any:
        return self

    def __exit__(self, *fault: object) -> None:
        pass

    def __format__(self, wanted: str) -> str:
        return ""

    def __repr__(self) -> str:
        return ""


class Lines(list[str]):
    """What a shell command printed: nothing, since none is run."""

    n = s = p = ""

    @property
    def l(self) -> list[str]:  # noqa: E743
        return self

    def grep(self, *args: Any, **kwargs: Any) -> Lines:
        return Lines()

    fields = sort = grep  # type: ignore[assignment]


class Shell(Nothing):
    """What `get_ipython()` gives; `user_ns` is the submission's namespace."""

    def __init__(self) -> None:
        self.user_ns: dict[str, Any] = {}
        self.config: dict[str, Any] = {}

    def __len__(self) -> int:
        return 1

    def system(self, command: str) -> None:
        """`!command`: not run."""

    def getoutput(self, command: str, split: bool = True, depth: int = 0) -> Any:
        """`x = !command`: not run."""
        return Lines() if split else ""

    def magic(self, line: str) -> Any:
        """`%name line`, as older exports have it."""
        name, _, rest = line.partition(" ")
        return self.run_line_magic(name, rest)

    def run_line_magic(self, magic_name: str, line: str = "", _stack_depth: int = 1) -> Any:
        """`%name line`."""
        if magic_name == "run":
            return self._run(shlex.split(line))
        if magic_name == "time":
            return self.run_cell(line)
        if magic_name == "pylab":
            return self.run_cell("from pylab import *\nimport numpy, matplotlib")
        if magic_name == "pwd":
            return os.getcwd()
        if magic_name == "cd" and os.path.isdir(line.strip("\"' ")):
            return os.chdir(line.strip("\"' "))
        return Nothing()

    def run_cell_magic(self, magic_name: str, line: str, cell: str) -> Any:
        """`%%name line`, then a cell."""
        if magic_name in ("writefile", "file"):
            return self._write(shlex.split(line), cell)
        if magic_name in BODY_RUNS:
            if magic_name == "capture" and line.split(" ")[-1].isidentifier():
                self.user_ns[line.split(" ")[-1]] = Nothing()
            return self.run_cell(cell)
        return Nothing()

    def run_cell(self, raw_cell: str, *args: Any, **kwargs: Any) -> None:
        """Runs code in the submission's namespace."""
        run_statements(raw_cell, "<cell in a string>", self.user_ns)

    def _write(self, words: list[str], text: str) -> None:
        path = Path(words[-1]).expanduser()
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a" if words[0] in ("-a", "--append") else "w", encoding="utf-8") as file:
            file.write(text if text.endswith("\n") else text + "\n")
        importlib.invalidate_caches()

    def _run(self, words: list[str]) -> None:
        """`%run [-i] [-n] file [arguments]`; what the file defines is there afterwards."""
        options: list[str] = []
        while words and words[0].startswith("-") and words[0] != "-m":
            options.append(words.pop(0))
        by_module = bool(words) and words[0] == "-m"
        name = words[1].replace(".", "/") if by_module else words[0]
        tried = [Path(name + ending).expanduser() for ending in ("", ".py", ".ipynb")]
        path = next((path for path in tried if path.is_file()), None)
        if path is None:
            raise FileNotFoundError(f"%run: there is no {name} beside your work")
        if path.suffix == ".ipynb":
            run_notebook(path, self.user_ns)
            return
        run_name = path.stem if "-n" in options else "__main__"
        around = {"__name__": run_name, "__file__": str(path.absolute())}
        namespace = self.user_ns if "-i" in options else dict(around)
        before, sys.argv = sys.argv, [str(path), *words[1:]]
        try:
            exec(compile(path.read_bytes(), str(path), "exec", dont_inherit=True), namespace)
        finally:
            sys.argv = before
            found = {name: value for name, value in namespace.items() if name[:2] != "__"}
            self.user_ns.update(found)


SHELL = Shell()
"""The one of this worker."""


def get_ipython() -> Shell:
    """As in IPython."""
    return SHELL


def display(*objects: Any, display_id: Any = None, **options: Any) -> Any:
    """Prints, and gives a handle where one is asked for."""
    print(*objects)
    return Nothing() if display_id is not None else None


def run_notebook(path: Path, namespace: dict[str, Any]) -> None:
    """Runs the code of a helper notebook; what fails in it is printed."""
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    code = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    for number, source in enumerate(code, start=1):
        name = f"{path.name}, cell {number}"
        try:
            run_statements(source, name, namespace)
        except Exception as error:
            print(f"{name}: {type(error).__name__}: {error}")


# -- imports ----------------------------------------------------------------------------------


class _Empty(types.ModuleType):
    """A module of Jupyter's that holds nothing."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        if (self.__name__, name) == ("IPython", "display"):
            return importlib.import_module("IPython.display")
        return Nothing()


class JupyterFinder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds Jupyter's modules, which hold next to nothing."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: types.ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """As `sys.meta_path` asks for it."""
        pretended = fullname == CHECKS or fullname.partition(".")[0] in NOT_HERE
        if pretended and not fullname.startswith(IN_FOLDERS):
            return importlib.machinery.ModuleSpec(fullname, self, is_package=True)
        return None

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> types.ModuleType:
        """An empty one."""
        return _Empty(spec.name)

    def exec_module(self, module: types.ModuleType) -> None:
        """Puts into it what it must have."""
        module.__dict__.update(get_ipython=get_ipython, version_info=(9, 0, 0, ""))
        if module.__name__ != "IPython":  # there it is a module
            module.__dict__["display"] = display
        if module.__name__ == "IPython.display":
            module.__dict__.update({name: Nothing() for name in OFFERED})


class NotebookFinder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds notebooks beside the work as modules, under whichever tool."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: types.ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """As `sys.meta_path` asks for it."""
        own = fullname
        for prefix in IN_FOLDERS:
            own = own.removeprefix(prefix)
        inside = own.replace(".", "/") + ".ipynb"
        for file in (inside, inside.replace("_", " ")):
            if os.path.isfile(file):
                return importlib.machinery.ModuleSpec(fullname, self, origin=file)
        return None

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> None:
        """As Python does it."""

    def exec_module(self, module: types.ModuleType) -> None:
        """Runs the notebook."""
        assert module.__spec__ is not None
        assert module.__spec__.origin is not None
        run_notebook(Path(module.__spec__.origin), module.__dict__)


def install() -> None:
    """Once, in a worker's own process; helper modules find the same names, as under IPython."""
    vars(builtins).update(get_ipython=get_ipython, display=display)
    sys.meta_path.insert(0, JupyterFinder())
    sys.meta_path.append(NotebookFinder())


def around(file: str) -> dict[str, Any]:
    """The names that a submission finds: those of a notebook or, for a script, with `__file__`."""
    names: dict[str, Any] = {"get_ipython": get_ipython, "display": display}
    if file and not is_notebook(file):
        names["__file__"] = os.path.abspath(os.path.basename(file))
    return names


def is_notebook(file: str) -> bool:
    """By its name."""
    return file.lower().endswith(".ipynb")
