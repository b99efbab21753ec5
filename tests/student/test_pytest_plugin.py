"""Plain `pytest` in a student's folder, as processes of their own; and in folders not ours."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NAME = "logistic_regression"
BCE = "checks/02_bce_criterion/checks.py"
FAIR = ROOT / "tests" / "fair"
ANSI = re.compile(r"\x1b\[[0-9;]*m")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of what is handed out, the script only."""
    made = tmp_path / NAME
    shutil.copytree(ROOT / "assignments" / NAME, made)
    (made / f"{NAME}.ipynb").unlink()
    return made


def solve(folder: Path, *forms: str) -> None:
    """Puts right answers (tests/fair/) below the stubs, which they replace."""
    script = folder / f"{NAME}.py"
    parts = [f"# %% {form}\n{(FAIR / form).read_text()}" for form in forms]
    script.write_text("\n\n".join([script.read_text(), *parts]))


def run(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *arguments]
        if "--lf" not in arguments and "cache" not in arguments
        else [sys.executable, "-m", "pytest", *(a for a in arguments if a != "cache")],
        cwd=cwd,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def outcomes(text: str) -> dict[str, str]:
    """Node id -> what `-v` says of it."""
    return dict(re.findall(r"^(\S+::\S+) (PASSED|FAILED|SKIPPED|ERROR)", ANSI.sub("", text), re.M))


def test_every_visible_check_is_an_item_under_its_exercise(folder: Path) -> None:
    done = run("--collect-only", "-q", cwd=folder)
    items = [line for line in done.stdout.splitlines() if "::" in line]
    assert len(items) == len(set(items)) == 39
    assert f"{BCE}::matches_the_definition" in items
    assert [item for item in items if "unseen" in item] == []
    assert items == sorted(items, key=lambda item: item.partition("/checks.py")[0])
    assert not (folder / ".autograder").exists(), "nothing was run"


def test_stubs_fail_with_rationale_and_hint_and_no_frame_of_ours(folder: Path) -> None:
    done = run("checks/02_bce_criterion", "-v", "-rs", cwd=folder)
    assert done.returncode == 1
    assert outcomes(done.stdout) == {
        f"{BCE}::matches_the_definition": "FAILED",
        f"{BCE}::is_written_by_hand": "SKIPPED",
        f"{BCE}::has_the_right_gradient": "SKIPPED",
        f"{BCE}::stays_finite_where_the_model_is_certain": "FAILED",
        f"{BCE}::keeps_its_gradient_finite_there": "SKIPPED",
    }
    flat = " ".join(done.stdout.split())
    assert "bce_criterion: matches_the_definition" in flat
    assert "`criterion` is not written yet" in flat
    assert "Hint: What does the statement ask for first" in flat
    assert re.search(r"SKIPPED \[\d\] checks/02_bce_criterion/checks.py:\d+: after matches_", flat)
    assert "nothing is filled in yet" in flat.partition("notes on your code")[2]
    assert "Traceback" not in done.stdout
    assert "autograder/" not in done.stdout.replace(str(folder), "")


def test_solved_exercises_pass_and_a_wrong_one_says_why(folder: Path) -> None:
    solve(folder, "bce_criterion/clamp_1e7.py")
    script = folder / f"{NAME}.py"
    wrong = (
        "\n\n# %% sigmoid\ndef sigmoid(z):\n    print('here')\n    return 1 / (1 + torch.exp(z))\n"
    )
    script.write_text(script.read_text() + wrong)
    done = run("-v", "-k", "sigmoid_model or bce_criterion", cwd=folder)
    found = outcomes(done.stdout)
    assert {end for item, end in found.items() if item.startswith(BCE)} == {"PASSED"}
    assert found["checks/01_sigmoid_model/checks.py::matches_the_logistic_function"] == "FAILED"
    assert re.search(r"^  yours     \[0.5, ", done.stdout, re.M)
    assert re.search(r"^  expected  \[0.5, ", done.stdout, re.M)
    assert re.search(r"Captured stdout call -+\nhere\n", done.stdout)
    assert "27 deselected" in done.stdout
    progress = (folder / ".autograder" / "progress.json").read_text()
    assert '"bce_criterion"' in progress


def test_checks_are_chosen_by_exercise_check_and_entry_point(folder: Path) -> None:
    for word, count in (("bce_criterion", 5), ("criterion", 5), ("matches_the_definition", 1)):
        done = run("--collect-only", "-q", "-k", word, cwd=folder)
        assert f"{count}/39 tests collected" in done.stdout, word


def test_x_stops_at_the_first(folder: Path) -> None:
    done = run("-x", "-v", cwd=folder)
    assert list(outcomes(done.stdout).values()) == ["FAILED"]
    assert "stopping after 1 failures" in done.stdout


def test_lf_runs_what_failed_last_and_forgets_it_when_it_passes(folder: Path) -> None:
    first = run("cache", BCE, "-v", cwd=folder)
    assert list(outcomes(first.stdout).values()).count("FAILED") == 2
    solve(folder, "bce_criterion/clamp_1e7.py")
    second = run("--lf", "-v", cwd=folder)
    assert outcomes(second.stdout) == {
        f"{BCE}::matches_the_definition": "PASSED",
        f"{BCE}::stays_finite_where_the_model_is_certain": "PASSED",
    }
    assert second.returncode == 0


def test_junit_output_has_a_case_for_each_check_with_its_message(folder: Path) -> None:
    run("--junitxml=out.xml", "checks/02_bce_criterion", cwd=folder)
    cases = {c.get("name"): c for c in ElementTree.parse(folder / "out.xml").iter("testcase")}
    assert len(cases) == 5
    failure = cases["matches_the_definition"].find("failure")
    assert failure is not None
    assert "is not written yet" in (failure.text or "")
    assert "Traceback" not in (failure.text or "")
    skipped = cases["is_written_by_hand"].find("skipped")
    assert skipped is not None
    assert skipped.get("message") == "after matches_the_definition"


def test_a_file_that_is_named_is_the_one_that_is_checked(folder: Path) -> None:
    shutil.copyfile(ROOT / "assignments" / NAME / f"{NAME}.ipynb", folder / f"{NAME}.ipynb")
    solve(folder, "bce_criterion/clamp_1e7.py")
    chosen = [f"{NAME}.{kind}::bce_criterion::matches_the_definition" for kind in ("py", "ipynb")]
    done = run("-v", *chosen, cwd=folder)
    assert outcomes(done.stdout) == dict(zip(chosen, ("PASSED", "FAILED"), strict=True))


def test_a_work_that_cannot_be_read_fails_with_the_reason(folder: Path) -> None:
    (folder / f"{NAME}.py").write_bytes(b"\0\0")
    done = run("checks/02_bce_criterion", cwd=folder)
    assert "5 failed" in done.stdout
    assert "binary data, not a Python file" in done.stdout
    assert "Traceback" not in done.stdout


def test_checks_that_do_not_load_are_told_without_frames(folder: Path) -> None:
    (folder / BCE).write_text("import torch.nn.nothing_like_this")
    done = run("checks/02_bce_criterion", cwd=folder)
    assert done.returncode == 2
    assert "does not load: ModuleNotFoundError" in done.stdout
    assert "Traceback" not in done.stdout


def test_a_students_own_tests_run_beside_the_checks(folder: Path) -> None:
    (folder / "test_mine.py").write_text(f"import {NAME}\ndef test_it():\n    assert 1 == 1\n")
    assert "1 passed" in run("test_mine.py", cwd=folder).stdout
    assert "40 tests collected" in run("--collect-only", "-q", cwd=folder).stdout


def test_they_are_found_from_the_folder_above_as_an_editor_does(folder: Path) -> None:
    done = run("--collect-only", "-q", cwd=folder.parent)
    assert f"{NAME}/{BCE}::matches_the_definition" in done.stdout


# -- folders that are not ours ----------------------------------------------------------------


def test_nothing_happens_elsewhere(tmp_path: Path) -> None:
    (tmp_path / "checks" / "01_a").mkdir(parents=True)
    for name in ("checks/checks.py", "checks/01_a/checks.py", "work.py"):
        (tmp_path / name).write_text("raise RuntimeError('imported')\n")
    (tmp_path / "test_one.py").write_text("def test_one():\n    pass\n")
    done = run("-v", cwd=tmp_path)
    assert outcomes(done.stdout) == {"test_one.py::test_one": "PASSED"}
    assert not (tmp_path / ".autograder").exists()


def test_it_loads_nothing_of_weight(tmp_path: Path) -> None:
    (tmp_path / "test_one.py").write_text(
        "import sys\n\ndef test_one():\n"
        "    ours = {name for name in sys.modules if name.partition('.')[0] == 'autograder'}\n"
        "    assert ours == {'autograder', 'autograder.student',"
        " 'autograder.student.pytest_plugin'}\n"
        "    assert not {'torch', 'numpy', 'rich'} & sys.modules.keys()\n"
    )
    done = run("-W", "error", "-p", "no:hypothesispytest", cwd=tmp_path)
    assert done.returncode == 0, done.stdout


def test_the_courses_own_copy_is_nobodys_work(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "assignments" / NAME, tmp_path / "assignments" / NAME)
    marked = tmp_path / "solutions" / NAME
    marked.mkdir(parents=True)
    (marked / "assignment.toml").touch()
    assert "no tests collected" in run("--collect-only", "-q", cwd=tmp_path).stdout
    shutil.copytree(ROOT / "assignments" / NAME, tmp_path / NAME)
    assert "39 tests collected" in run("--collect-only", "-q", cwd=tmp_path).stdout
