"""A Grader whose workers have the device `pretend` (`pretend/pretended.py`)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import torch.utils.backend_registration

from autograder.sandbox.host.base import ENVIRONMENT
from tests.forkserver import forkserver_of_its_own

HERE = Path(__file__).parent / "pretend"
NEEDED = "_setup_privateuseone_for_python_backend"

needs_pretend = pytest.mark.skipif(
    not hasattr(torch.utils.backend_registration, NEEDED),
    reason="this torch takes no device that is written in Python",
)


@contextmanager
def pretend_device() -> Iterator[None]:
    """Launchers that are started in here find the device, as they would a vendor's: torch looks
    for it on the path, of which a submission has no say."""
    with pytest.MonkeyPatch.context() as patch, forkserver_of_its_own():
        patch.setitem(ENVIRONMENT, "PYTHONPATH", str(HERE))
        yield
