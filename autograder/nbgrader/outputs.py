"""What a check cell shows after grading: an explanation, then the number of points alone.

    ExerciseResult ──> display_data (HTML and plain text)     what a person reads
                  └──> execute_result "4.5"                   what nbgrader's SaveAutoGrades reads

nbgrader gives 0 points where a cell holds anything on stderr or an error, and all points where its
result is no number (`nbgrader.utils.determine_grade`): so there is never a stream or an error
here, and always one result. Feedback pages carry the HTML as it is, and typeset what looks like
TeX: `reports/html.py` sees to both.

Students read this. Of a hidden check they see the description and the points, nothing else; and
nothing that their code printed, since it may have printed the inputs of hidden checks.
"""

# mypy: disable-error-code="no-untyped-call"
# nbformat says that it is typed, and leaves most of its functions without types.

from __future__ import annotations

from decimal import Decimal

from nbformat import NotebookNode, from_dict

from autograder.reports.html import exercise_html
from autograder.reports.text import exercise_text
from autograder.results import ExerciseResult, shown_points


def check_cell_outputs(exercise: ExerciseResult) -> list[NotebookNode]:
    """The outputs of the check cell of an exercise."""
    shown = {"text/html": exercise_html(exercise), "text/plain": exercise_text(exercise)}
    return [_output("display_data", shown), score_output(exercise.score)]


def score_output(score: Decimal) -> NotebookNode:
    """The cell's result: the points alone, as nbgrader takes them."""
    return _output("execute_result", {"text/plain": shown_points(score)}, execution_count=None)


def _output(kind: str, data: dict[str, str], **more: object) -> NotebookNode:
    """As nbformat's new_output, without its check against the schema, which takes 3 ms."""
    output: NotebookNode = from_dict({"output_type": kind, "metadata": {}, "data": data, **more})
    return output
