"""What the locked cells of a released notebook import; see `student/check_cell.py`."""

from autograder.student.check_cell import check_cell

__all__ = ["check_cell"]
