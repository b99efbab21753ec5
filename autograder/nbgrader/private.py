"""All that is used of nbgrader without being documented, for nbgrader 0.9.5 to 0.9.6.

    BaseConverter.init_notebooks, .start       patch.py: scripts without a notebook
    Autograde.assignments, .coursedir          stand-ins for missing notebooks
    Exporter.parent                            the run of a converter that an exporter belongs to
    resources["nbgrader"]                      whose notebook an exporter or preprocessor gets
    NbGrader.load_cwd_config, .init_syspath    a course's configuration, read without the present
    NbGrader.initialize(root=)                 folder's
    AssignLatePenalties.plugin_class           what handing in late costs
    dbutil.ALEMBIC_DIR                         the version of the database's schema
    utils.determine_grade and its neighbours   how cells are read: gradebook.py
    MetadataValidator.schema_version           the metadata that page.py writes

No name with an underscore is used. tests/nbgrader/test_private.py has a test for each, and runs on
the oldest and the newest version that pyproject.toml allows.
"""

from __future__ import annotations

import os

from nbconvert.exporters import Exporter
from nbgrader.apps.baseapp import NbGrader
from nbgrader.converters import Autograde
from nbgrader.dbutil import ALEMBIC_DIR
from nbgrader.plugins import BasePlugin
from nbgrader.preprocessors import AssignLatePenalties


class CourseConfiguration(NbGrader):  # type: ignore[misc]
    """nbgrader's base program, without what it takes from the present folder."""

    load_cwd_config = False

    def init_syspath(self) -> None:
        """Leaves the places that modules come from as they are."""


def late_plugin(app: CourseConfiguration) -> BasePlugin | None:
    """The plugin that says what handing in late costs; None where that is switched off."""
    late = AssignLatePenalties(parent=app)
    return late.plugin_class(parent=late) if late.enabled else None


def schema_version() -> str | None:
    """The version of the gradebook's schema that this nbgrader has."""
    from alembic.script import ScriptDirectory  # takes some 0.2 s, and few runs make a gradebook

    return ScriptDirectory(ALEMBIC_DIR).get_current_head()


def autograde_of(exporter: Exporter) -> Autograde | None:
    """The run of `nbgrader autograde` that an exporter belongs to; None outside of one."""
    return exporter.parent if hasattr(exporter.parent, "assignments") else None


def is_submitted(autograde: Autograde, filename: str) -> bool:
    """Whether Autograde reads a notebook from the folder of submissions, not what it made of it."""
    return os.path.dirname(filename) in autograde.assignments
