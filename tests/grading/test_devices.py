"""Marks don't depend on the device: the real forkserver and workers, with a pretended accelerator.

What pins tensors to the CPU loses where it would on a GPU, and is named here with the reason.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from autograder.author.fingerprints import mistakes_of
from autograder.course.course import Course, solution_source
from autograder.errors import DeviceError
from autograder.grading.device import choose_device
from autograder.grading.grader import Grader, Settings
from autograder.judge import diagnosis
from autograder.judge.run import profile_of
from autograder.results import Result, Status
from tests.pretend_device import needs_pretend, pretend_device
from tests.test_fairness import FORMS, lost, name_of

LAB = "logistic_regression"
FIRST_ON_THE_DEVICE = {
    "casts_by_type_name": "gives_the_share_that_is_right",
    "compares_with_a_new_tensor": "predicts_a_class_for_each_row",
}
"""Mistakes that pin tensors to the CPU, whatever the default device is: where they fail first."""

CHOOSES_CUDA = "chooses_a_device.py"
"""A right answer that looks for CUDA, finds none, and goes to the CPU."""

NAMES = "sigmoid_model bce_criterion training_loop accuracy_check activations optimizers".split()
QUICK = [
    path
    for path in FORMS
    if path.parent.name in ("sigmoid_model", "bce_criterion", "accuracy_check")
    and path.name != CHOOSES_CUDA
]
"""`benchmarks/device_marks.py` takes all forms and all mistakes, which takes minutes."""


@pytest.fixture(scope="module")
def grader(course: Course) -> Iterator[Grader]:
    settings = Settings(device="pretend", assignment=LAB)
    with pretend_device(), Grader(course, settings) as grader:
        yield grader


@pytest.fixture(scope="module")
def exercises(course):
    return {exercise.name: exercise for exercise in course.assignment(LAB).exercises}


def all_lost(result: Result) -> list[str]:
    return [line for exercise in result.exercises for line in lost(exercise)]


@needs_pretend
@pytest.mark.parametrize("name", NAMES)
def test_the_reference_gets_everything_there(grader, exercises, tmp_path, name):
    path = tmp_path / f"{LAB}.py"
    path.write_text(solution_source(exercises[name]) or "", encoding="utf-8")
    result = grader.grade(path, [name])
    assert grader.device == result.device == "pretend:0"
    assert all_lost(result) == []
    assert result.score == result.max_score > 0


@needs_pretend
@pytest.mark.parametrize("path", QUICK, ids=name_of)
def test_right_answers_in_other_forms_get_everything_there(grader, path):
    assert all_lost(grader.grade(path, [path.parent.name])) == []


@needs_pretend
def test_mistakes_fail_there_as_on_the_cpu(grader, exercises):
    exercise = exercises["accuracy_check"]
    on_cpu = {one.mistake: one.profile for one in diagnosis.load(exercise.folder / diagnosis.FILE)}
    run = mistakes_of(grader, exercise, lambda _: None)
    assert on_cpu.keys() == run.findings.keys()
    for mistake, findings in run.findings.items():
        there, here = profile_of(findings), on_cpu[mistake]
        if mistake in FIRST_ON_THE_DEVICE:
            first = next(f for f in findings if f.status is not Status.PASSED)
            assert first.check.name == FIRST_ON_THE_DEVICE[mistake]
            assert "two devices" in first.rationale
        else:
            assert {n: there[n].kind for n in there} == {n: here[n].kind for n in here}, mistake


PINS = {
    "by its name": "y_hat = y_hat.to(torch.device('cpu'))",
    "half of it": "y = y.cpu()",
    "through numpy": "y_hat = torch.from_numpy(y_hat.detach().numpy())",
    "a constant": "y_hat = y_hat * torch.ones(1, device='cpu')",
    "a cast": "y_hat = y_hat.type(torch.DoubleTensor)",
}


@needs_pretend
@pytest.mark.parametrize("pin", PINS)
def test_what_is_pinned_to_the_cpu_fails_there(grader, write_submission, pin):
    value = "-(y * p.log() + (1 - y) * (1 - p).log()).mean()"
    body = f"    {PINS[pin]}\n    p = y_hat.clamp(1e-7, 1 - 1e-7)\n    return {value}\n"
    code = f"import torch\n\ndef criterion(y_hat, y):\n{body}"
    path = write_submission({"bce_criterion": code}, right={})
    (exercise,) = grader.grade(path, ["bce_criterion"]).exercises
    assert exercise.score == 0
    assert all(check.status is not Status.INTERNAL for check in exercise.checks)


def test_a_device_that_is_not_there_is_said_in_one_line(launcher):
    for wanted in ("gpu", "cuda:x", "cpu:0", "meta", "xpu:7"):
        with pytest.raises(DeviceError, match=f"unknown device '{wanted}'; use auto, cpu, cuda"):
            choose_device(wanted, launcher)
