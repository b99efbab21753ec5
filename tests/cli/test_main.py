"""The command line; as a process of its own where output, signals or imports are the point."""

from __future__ import annotations

import functools
import json
import os
import select
import shutil
import signal
import subprocess
import sys
import time
from importlib.resources import files

import pytest
from jsonschema import Draft202012Validator

from autograder.cli import main as cli
from autograder.sandbox.linux import hunt
from autograder.sandbox.policy import Policy, nvidia_devices

COMMAND = [sys.executable, "-m", "autograder"]


def run(*arguments, cwd, python=(), **options):
    return subprocess.run(
        [sys.executable, *python, "-m", "autograder", *map(str, arguments)],
        capture_output=True,
        text=True,
        cwd=cwd,
        timeout=120,
        **options,
    )


# -- help -----------------------------------------------------------------------------------


@pytest.mark.parametrize("command", [[], ["grade"], ["check"], ["release"], ["prove"], ["doctor"]])
def test_help_has_examples_and_exit_codes(command, capsys):
    with pytest.raises(SystemExit) as caught:
        cli.main([*command, "--help"])
    assert caught.value.code == 0
    text = capsys.readouterr().out
    assert "examples:" in text
    for code in (0, 1, 2, 3, 4, 5, 6, 70, 130):
        assert any(line.split()[:1] == [str(code)] for line in text.splitlines()), code


def test_help_is_light(tmp_path):
    done = run("grade", "--help", cwd=tmp_path, python=["-X", "importtime"])
    assert done.returncode == 0
    imported = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
    assert "autograder.cli" in imported
    heavy = {"torch", "numpy", "nbgrader", "nbformat", "matplotlib", "sqlalchemy"}
    assert imported & heavy == set()


def test_the_version_is_printed(capsys):
    with pytest.raises(SystemExit):
        cli.main(["--version"])
    assert capsys.readouterr().out.startswith("autograder ")


# -- grade ----------------------------------------------------------------------------------


def test_several_paths_as_json_and_as_files(tiny, tmp_path, write_submission, command):
    right = write_submission(name="ada")
    wrong = write_submission({"double": "print('x')\ndef double(x):\n    return x\n"}, name="alan")
    paths = [right, tmp_path / "nobody.py", wrong]
    done = command("grade", *paths, "--course", tiny, "--json", "--output", tmp_path / "out")
    assert done.returncode == 3, "one could not be read"
    report = json.loads(done.stdout)
    schema = json.loads(files("autograder.reports").joinpath("schema.json").read_text("utf-8"))
    Draft202012Validator(schema).validate(report)
    assert [r["submission"] for r in report["results"]] == [str(path) for path in paths]
    assert [r["score"] for r in report["results"]] == [11, 0, 2]
    assert [bool(r["error"]) for r in report["results"]] == [False, True, False]
    assert sorted(os.listdir(tmp_path / "out")) == [
        "ada-tiny.json",
        "alan-tiny.json",
        "nobody-tiny.json",
    ]
    for path in (tmp_path / "out").iterdir():
        (one,) = json.loads(path.read_text())["results"]
        assert one in report["results"]


def test_a_person_reads_scores_reasons_and_hints(tiny, tmp_path, write_submission):
    path = write_submission({"double": "def double(x):\n    print('é!')\n    return x\n"})
    done = run(
        "grade",
        path,
        "--printed",
        cwd=tiny,
        env=os.environ | {"PYTHONIOENCODING": "ascii", "COLUMNS": "120"},
    )
    assert done.returncode == 0, "marks are no failure of the command"
    for part in (
        "2 / 11",
        "doubles_a_number",
        "It returned:",
        "yours     3",
        "expected  6",
        "How much is twice?",
        "\\xe9!",
    ):
        assert part in done.stdout
    assert done.stderr == ""


def test_whoever_stops_reading_is_no_error(tiny, write_submission):
    process = subprocess.Popen(
        [*COMMAND, "grade", write_submission()],
        cwd=tiny,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    process.stdout.close()
    assert process.stderr.read() == b""
    process.stderr.close()
    assert process.wait() == 0


# -- exit codes -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "required"),
        (["grade"], "required"),
        (["grade", "a.py", "--timeout", "0"], "seconds above 0"),
        (["grade", "a.py", "--timeout", "nan"], "seconds above 0"),
        (["grade", "a.py", "--seed", "-1"], "whole number"),
        (["grade", "a.py", "--seed", "9" * 30], "whole number"),
        (["grade", "a.py", "--require", "moat"], "no protection is called moat"),
        (["grade", "a.py", "--assignment", "other"], "unknown assignment 'other'"),
        (["grade", "a.py", "--exercise", "other"], "no exercise other"),
        (["grade", "a.py", "--output", "file/below"], "--output"),
    ],
    ids=lambda part: " ".join(part)[-40:] if isinstance(part, list) else None,
)
def test_what_cannot_be_asked_for_is_2(tiny, tmp_path, monkeypatch, capsys, arguments, said):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file").write_text("")
    (tmp_path / "a.py").write_text("def double(x):\n    return x\n")
    try:
        code = cli.main([*arguments, *(["--course", str(tiny)] if "a.py" in arguments else [])])
    except SystemExit as exit_:
        code = exit_.code
    assert code == 2
    captured = capsys.readouterr()
    assert said in captured.err
    assert captured.out == ""


def test_no_course_is_4(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert cli.main(["grade", "a.py"]) == 4
    assert "--course DIR" in capsys.readouterr().err


def test_a_broken_course_is_4_and_names_the_file(tiny, tmp_path, capsys):
    shutil.copytree(tiny, tmp_path / "course")
    path = tmp_path / "course" / "solutions" / "tiny" / "01_double" / "checks.py"
    path.write_text("1 / 0\n")
    assert cli.main(["grade", "a.py", "--course", str(tmp_path / "course")]) == 4
    assert str(path) in capsys.readouterr().err


def test_a_missing_protection_is_5(tiny, write_submission, monkeypatch, capsys):
    without = functools.partial(Policy, skip=frozenset({"landlock"}))
    monkeypatch.setattr(
        "autograder.grading.grader.Policy",
        lambda **fields: without(**fields | {"skip": frozenset({"landlock"})}),
    )
    arguments = [
        "grade",
        str(write_submission()),
        "--course",
        str(tiny),
        "--device",
        "cpu",
        "--json",
    ]
    assert cli.main([*arguments, "--require", "landlock"]) == 5
    captured = capsys.readouterr()
    assert "landlock" in captured.err
    assert captured.out == ""


@pytest.mark.parametrize("device", ["tpu", "cuda:99"])
def test_a_missing_device_is_6(tiny, write_submission, capsys, device):
    if device == "cuda:99" and nvidia_devices():
        pytest.skip("needs a GPU's worker")
    arguments = ["grade", str(write_submission()), "--course", str(tiny), "--device", device]
    assert cli.main(arguments) == 6
    assert device in capsys.readouterr().err


def test_a_fault_of_ours_is_70(tiny, tmp_path, write_submission, capsys):
    shutil.copytree(tiny, tmp_path / "course")
    path = tmp_path / "course" / "solutions" / "tiny" / "01_double" / "solution.py"
    path.write_text("def double(x):\n    raise ValueError('ours')\n")
    arguments = ["grade", str(write_submission()), "--course", str(tmp_path / "course"), "--json"]
    assert cli.main(arguments) == 70
    (result,) = json.loads(capsys.readouterr().out)["results"]
    statuses = [check["status"] for check in result["exercises"][0]["checks"]]
    assert statuses == ["passed", "passed", "internal"]


def test_a_fault_that_nobody_thought_of_is_70_too(monkeypatch, capsys):
    def breaks(options):
        raise KeyError("oh")

    monkeypatch.setattr(cli, "doctor", breaks)
    assert cli.main(["doctor"]) == 70
    assert "KeyError" in capsys.readouterr().err


# -- check ----------------------------------------------------------------------------------


@pytest.fixture
def handed_out(tiny, tmp_path):
    """A student's folder of the tiny course, without solutions."""
    checks = tmp_path / "tiny" / "checks"
    shutil.copytree(
        tiny / "solutions" / "tiny",
        checks,
        ignore=shutil.ignore_patterns("solution.py", "mistakes.py", "hidden.py"),
    )
    (checks / "assignment.toml").write_text('name = "tiny"\ntitle = "A tiny assignment"\n')
    (checks / "01_double" / "checks.py").write_text(
        "from autograder.authoring import check, expect\n\n"
        "@check(points=2)\ndef doubles_a_number(student):\n    '''double(3) is 6'''\n"
        "    expect(student.double(3)).close_to(6)\n"
    )
    return tmp_path / "tiny"


def test_check_is_0_when_all_passes_and_1_before(handed_out, write_submission, monkeypatch, capsys):
    (handed_out / "tiny.py").write_text(write_submission().read_text())
    monkeypatch.chdir(handed_out)
    assert cli.main(["check"]) == 0
    capsys.readouterr()
    (handed_out / "tiny.py").write_text(write_submission({"double": None}).read_text())
    assert cli.main(["check", "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["results"][0]["score"] == 1


# -- Ctrl-C ---------------------------------------------------------------------------------

ENDLESS = "def double(x):\n    while True: pass\n"


def interrupted(arguments, tiny, ready):
    """Starts a run, waits until it is ready, presses Ctrl-C; what it said, and its processes."""
    process = subprocess.Popen(
        [*COMMAND, *map(str, arguments)],
        cwd=tiny,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    ready(process)
    below = hunt.descendants(process.pid)
    assert below
    handles = [os.pidfd_open(pid) for pid in below]
    process.send_signal(signal.SIGINT)
    code = process.wait(60)
    left = [
        pid
        for pid, fd in zip(below, handles, strict=True)
        if not select.select([fd], [], [], 60)[0]
    ]
    for handle in handles:
        os.close(handle)
    with process.stdout, process.stderr:
        return code, process.stdout.read() + process.stderr.read(), left


def test_ctrl_c_while_a_submission_runs_is_130_and_leaves_no_process(
    tiny, tmp_path, write_submission
):
    paths = [write_submission(name="first"), write_submission({"double": ENDLESS}, name="second")]

    def first_is_done(process):
        assert any("Total" in line for line in process.stdout), (
            "the first submission was not graded"
        )

    arguments = ["grade", *paths, "--timeout", "100", "--output", tmp_path / "out"]
    code, said, left = interrupted(arguments, tiny, first_is_done)
    assert (code, left) == (130, [])
    assert said.strip().endswith("autograder: interrupted after 1 of 2 submissions")
    assert "Traceback" not in said
    assert os.listdir(tmp_path / "out") == ["first-tiny.json"]


def test_ctrl_c_at_the_very_start_is_130_and_leaves_no_process(tiny, write_submission):
    def forkserver_is_there(process):
        while not hunt.descendants(process.pid):
            assert process.poll() is None
            time.sleep(0.001)

    code, said, left = interrupted(["grade", write_submission()], tiny, forkserver_is_there)
    assert (code, left) == (130, [])
    (line,) = said.strip().splitlines()
    assert line.startswith("autograder: interrupted")
