"""Each name in autograder/nbgrader/private.py, on the nbgrader that is installed."""

import json
import os
import shutil
import sys
from decimal import Decimal
from pathlib import Path

import nbformat
import pytest
from alembic.config import Config as AlembicConfig
from alembic.script import ScriptDirectory
from nbgrader import utils
from nbgrader.converters import Autograde
from nbgrader.coursedir import CourseDirectory
from nbgrader.dbutil import write_alembic_ini
from nbgrader.nbgraderformat import MetadataValidator
from nbgrader.plugins import LateSubmissionPlugin
from traitlets.config import Config

from autograder.nbgrader.configured import Configured
from autograder.nbgrader.gradebook import GradebookWriter
from autograder.nbgrader.outputs import score_output
from autograder.nbgrader.private import CourseConfiguration, late_plugin, schema_version

NAME = "tiny"


@pytest.fixture
def app(small_class) -> CourseConfiguration:
    """The configuration of a course, read while in a folder that has another one."""
    (small_class.root / "nbgrader_config.py").write_text(
        'c = get_config()\nc.CourseDirectory.course_id = "ours"\n'
        'c.LateSubmissionPlugin.penalty_method = "zero"\n'
    )
    elsewhere = small_class.root / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "nbgrader_config.py").write_text("raise RuntimeError('a student wrote this')")
    os.chdir(elsewhere)
    app = CourseConfiguration()
    app.initialize([], root=str(small_class.root))
    return app


def test_a_course_is_configured_by_its_own_file_alone(app):
    assert app.coursedir.course_id == "ours"
    assert str(Path.cwd()) not in sys.path


def test_the_late_plugin_is_made_as_it_is_configured(app):
    plugin = late_plugin(app)
    assert isinstance(plugin, LateSubmissionPlugin)
    assert plugin.late_submission_penalty("ada", 3.5, 60.0) == 3.5


def test_the_late_plugin_can_be_switched_off(app):
    app.config.AssignLatePenalties.enabled = False
    assert late_plugin(app) is None


def test_the_schema_is_the_one_that_nbgrader_writes(tmp_path):
    write_alembic_ini(str(tmp_path / "alembic.ini"))
    settings = AlembicConfig(str(tmp_path / "alembic.ini"))
    assert schema_version() == ScriptDirectory.from_config(settings).get_current_head()


def test_cells_are_read_as_they_are_written(tiny_release):
    notebook = nbformat.reads(tiny_release.decode(), as_version=nbformat.NO_CONVERT)
    MetadataValidator().validate_nb(notebook)
    cells = {cell.metadata.nbgrader.grade_id: cell for cell in notebook.cells}
    solution, check = cells["double"], cells["check_double"]
    assert utils.is_solution(solution)
    assert not utils.is_task(solution)
    assert utils.is_grade(check)
    assert utils.is_locked(check)
    assert utils.compute_checksum(check) == check.metadata.nbgrader.checksum
    check.outputs = [score_output(Decimal("4.25"))]
    assert utils.determine_grade(check) == (4.25, 9.0)


@pytest.fixture
def autograded(small_class, tiny):
    """A class after a run of Autograde: two notebooks, one of them broken, and a script."""
    shutil.copytree(tiny / "solutions", small_class.root / "solutions")
    small_class.hand_in("ada")
    small_class.hand_in_file("ben", f"{NAME}.ipynb", '{"cells": [')
    small_class.hand_in_file("bob", f"{NAME}.py", "def double(x):\n    return 2 * x\n")
    with GradebookWriter(small_class.url, Configured.read(small_class.root)) as writer:
        release = nbformat.reads(small_class.release.decode(), as_version=nbformat.NO_CONVERT)
        writer.add_assignment(NAME, release)
    config = Config()
    config.CourseDirectory.root = str(small_class.root)
    config.CourseDirectory.assignment_id = NAME
    config.CourseDirectory.db_url = f"sqlite:///{small_class.database}"
    config.Autograde.exporter_class = "autograder.nbgrader.exporter.JudgingExporter"
    Autograde(coursedir=CourseDirectory(config=config), config=config).start()
    return small_class


@pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")  # nbgrader's own
def test_autograde_reads_repairs_and_judges_every_submission(autograded):
    """Autograde.assignments, Exporter.parent and resources["nbgrader"], both times it reads."""
    assert autograded.automatic("ada") == {"check_double": 9.0, "check_shout": 2.0}
    assert autograded.automatic("ben") == {"check_double": 0.0, "check_shout": 0.0}
    assert autograded.automatic("bob") == {"check_double": 9.0, "check_shout": 0.0}
    written = json.loads((autograded.folder("bob", "autograded") / f"{NAME}.ipynb").read_text())
    assert "return 2 * x" in "".join("".join(cell["source"]) for cell in written["cells"])
