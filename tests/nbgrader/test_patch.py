"""The one patch of nbgrader, on the nbgrader that is installed."""

import logging
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from nbgrader.converters import Autograde, BaseConverter, NbGraderException
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config

from autograder.nbgrader import exporter, patch

NOTHING = "No notebooks were matched"


@pytest.fixture
def only_a_script(tmp_path: Path, tiny: Path) -> Callable[[str], Autograde]:
    """Makes a run over one submission that holds a script alone, with an exporter by name."""
    folder = tmp_path / "submitted" / "bob" / "tiny"
    folder.mkdir(parents=True)
    (folder / "tiny.py").write_text("def double(x):\n    return 2 * x\n")
    shutil.copytree(tiny / "solutions", tmp_path / "solutions")

    def make(exporter_class: str) -> Autograde:
        config = Config()
        config.CourseDirectory.root = str(tmp_path)
        config.CourseDirectory.assignment_id = "tiny"
        config.Autograde.exporter_class = exporter_class
        return Autograde(coursedir=CourseDirectory(config=config), config=config)

    return make


JUDGING = "autograder.nbgrader.exporter.JudgingExporter"
STOCK = "nbconvert.exporters.NotebookExporter"


def test_it_is_needed(only_a_script):
    """When this fails, nbgrader has changed: remove the patch."""
    with pytest.raises(NbGraderException, match=NOTHING):
        BaseConverter.init_notebooks(only_a_script(JUDGING))


def test_this_nbgrader_is_known():
    assert patch._digest() in patch.KNOWN


def test_a_script_has_its_turn(only_a_script, tmp_path):
    run = only_a_script(JUDGING)
    run.init_notebooks()
    folder = tmp_path / "submitted" / "bob" / "tiny"
    assert run.assignments == {str(folder): [str(folder / "tiny.ipynb")]}


def test_runs_with_another_exporter_are_as_ever(only_a_script):
    with pytest.raises(NbGraderException, match=NOTHING):
        only_a_script(STOCK).init_notebooks()


@pytest.mark.parametrize("changed", ["another method", "a search of its own"])
def test_code_that_is_not_known_stays_as_it_is(monkeypatch, caplog, changed):
    own = patch._digest if changed == "a search of its own" else None
    if own:
        monkeypatch.setattr(Autograde, "init_notebooks", own)
    else:
        monkeypatch.delattr(Autograde, "init_notebooks")
        monkeypatch.setattr(patch, "KNOWN", {"0" * 16})
    monkeypatch.setattr(patch, "get_logger", lambda: logging.getLogger("nbgrader"))
    assert not patch.accept_scripts(exporter.JudgingExporter, exporter.add_stand_ins)
    assert vars(Autograde).get("init_notebooks") is own
    (message,) = caplog.messages
    assert message.startswith("autograder does not know nbgrader 0.9.")
    assert "\n" not in message
