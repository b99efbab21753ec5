# ruff: noqa: E501
"""Errors that an author makes, and what is said to each: one small edit of the tiny course.

`old` and `new` are what stands in the file and what the author makes of it; without `old` the file
is written anew, without both it is removed. Without `file`, a folder of an exercise is renamed, or
copied where `new` begins with "+". `lines` is all that the command prints of it.
"""

from __future__ import annotations

from typing import NamedTuple


class Edit(NamedTuple):
    """One error; `command` is the first that finds it."""

    name: str
    file: str | None
    old: str | None
    new: str | None
    command: str
    lines: list[str]


READ = [
    Edit(
        "toml_is_broken",
        "01_double/exercise.toml",
        'title = "Twice"',
        "title = Twice",
        "release",
        [
            "error solutions/tiny/01_double/exercise.toml:1: is not valid TOML (Invalid value): fix the line"
        ],
    ),
    Edit(
        "toml_has_a_misspelt_key",
        "01_double/exercise.toml",
        "minutes",
        "minuts",
        "release",
        [
            "error solutions/tiny/01_double/exercise.toml:3: minuts is not a known key: use one of title, entry_points, minutes, limits, thresholds; did you mean minutes?"
        ],
    ),
    Edit(
        "toml_has_an_unknown_table",
        "01_double/exercise.toml",
        "[limits]",
        "[limit]",
        "release",
        [
            "error solutions/tiny/01_double/exercise.toml:4: limit is not a known key: use one of title, entry_points, minutes, limits, thresholds; did you mean limits?"
        ],
    ),
    Edit(
        "toml_has_an_unknown_limit",
        "01_double/exercise.toml",
        "seconds",
        "second",
        "release",
        [
            "error solutions/tiny/01_double/exercise.toml:5: [limits] second is not a known key: use one of seconds; did you mean seconds?"
        ],
    ),
    Edit(
        "toml_has_text_for_a_number",
        "01_double/exercise.toml",
        "minutes = 1",
        'minutes = "1"',
        "release",
        ["error solutions/tiny/01_double/exercise.toml:3: minutes = '1': make it a whole number"],
    ),
    Edit(
        "toml_has_a_limit_of_zero",
        "01_double/exercise.toml",
        "seconds = 0.6",
        "seconds = 0",
        "release",
        [
            "error solutions/tiny/01_double/exercise.toml:5: [limits] seconds = 0: make it a number above 0"
        ],
    ),
    Edit(
        "toml_has_no_title",
        "01_double/exercise.toml",
        'title = "Twice"\n',
        "",
        "release",
        ['error solutions/tiny/01_double/exercise.toml: has no title: add title = "The sigmoid"'],
    ),
    Edit(
        "toml_has_no_entry_points",
        "01_double/exercise.toml",
        'entry_points = ["double(x)"]\n',
        "",
        "release",
        [
            'error solutions/tiny/01_double/exercise.toml: has no entry_points: add entry_points = ["sigmoid(z)"]'
        ],
    ),
    Edit(
        "toml_misspells_entry_points",
        "01_double/exercise.toml",
        "entry_points",
        "entry_point",
        "release",
        [
            "error solutions/tiny/01_double/exercise.toml:2: entry_point is not a known key: use one of title, entry_points, minutes, limits, thresholds; did you mean entry_points?"
        ],
    ),
    Edit(
        "an_entry_point_is_not_a_signature",
        "01_double/exercise.toml",
        "double(x)",
        "double x",
        "release",
        [
            "error solutions/tiny/01_double/exercise.toml:2: 'double x' is not a signature: write it like f(x, y=1)"
        ],
    ),
    Edit(
        "an_entry_point_is_not_defined",
        "01_double/exercise.toml",
        "double(x)",
        "twice(x)",
        "release",
        [
            "error solutions/tiny/01_double/solution.py: does not define twice, which exercise.toml lists: define twice(x), or fix entry_points"
        ],
    ),
    Edit(
        "an_entry_point_has_another_signature",
        "01_double/exercise.toml",
        "double(x)",
        "double(x, y=1)",
        "release",
        [
            "error solutions/tiny/01_double/solution.py:1: defines double(x), but exercise.toml says double(x, y=1): make them the same"
        ],
    ),
    Edit(
        "a_threshold_is_misspelt",
        "01_double/exercise.toml",
        "enough",
        "enuogh",
        "release",
        [
            "error solutions/tiny/01_double/checks.py:15: uses thresholds.enough, which is not there: add it to [thresholds] in exercise.toml; did you mean enuogh?"
        ],
    ),
    Edit(
        "a_threshold_is_not_used",
        "01_double/exercise.toml",
        "enough = 0.9",
        "enough = 0.9\nmore = 1",
        "release",
        [
            "error solutions/tiny/01_double/exercise.toml: no check uses thresholds.more: remove it, or use it"
        ],
    ),
    Edit(
        "the_assignment_has_no_title",
        "assignment.toml",
        "title",
        "titel",
        "release",
        [
            "error solutions/tiny/assignment.toml:1: titel is not a known key: use one of title, habits; did you mean title?"
        ],
    ),
    Edit(
        "the_assignment_is_no_toml",
        "assignment.toml",
        "=",
        ":",
        "release",
        [
            "error solutions/tiny/assignment.toml:1: is not valid TOML (Expected '=' after a key in a key/value pair): fix the line"
        ],
    ),
    Edit(
        "a_habit_has_no_condition",
        "assignment.toml",
        None,
        'title = "T"\n[[habits]]\nsays = "x"\n',
        "release",
        [
            "error solutions/tiny/assignment.toml:2: [[habits]] is incomplete: give each `says` and a condition (call, method, keyword, ...)"
        ],
    ),
    Edit(
        "a_folder_has_no_number",
        None,
        "02_shout",
        "shout",
        "release",
        [
            "error solutions/tiny/shout: is a folder of an exercise, and not named like one: call it 02_shout"
        ],
    ),
    Edit(
        "two_folders_have_one_number",
        None,
        "02_shout",
        "01_shout",
        "release",
        [
            "error solutions/tiny/01_shout: has the number of 01_double: give each exercise a number of its own"
        ],
    ),
    Edit(
        "two_exercises_have_one_name",
        None,
        "01_double",
        "+03_double",
        "release",
        [
            "error solutions/tiny/03_double: is a second exercise double, beside 01_double: rename one of the two folders",
            "error solutions/tiny/03_double/exercise.toml: double is an entry point of double already: choose another name",
        ],
    ),
    Edit(
        "two_exercises_share_an_entry_point",
        None,
        "01_double",
        "+03_twice",
        "release",
        [
            "error solutions/tiny/03_twice/exercise.toml: double is an entry point of double already: choose another name"
        ],
    ),
    Edit(
        "statement_is_missing",
        "01_double/statement.md",
        None,
        None,
        "release",
        [
            "error solutions/tiny/01_double/statement.md: is missing: add it; CONTRIBUTING.md says what it holds"
        ],
    ),
    Edit(
        "statement_is_empty",
        "01_double/statement.md",
        None,
        " \n",
        "release",
        ["error solutions/tiny/01_double/statement.md: is empty: write what students read"],
    ),
    Edit(
        "hints_are_missing",
        "01_double/hints.md",
        None,
        None,
        "release",
        [
            "error solutions/tiny/01_double/hints.md: is missing: add it; CONTRIBUTING.md says what it holds"
        ],
    ),
    Edit(
        "mistakes_are_missing",
        "01_double/mistakes.py",
        None,
        None,
        "release",
        [
            "error solutions/tiny/01_double/mistakes.py: is missing: add it; CONTRIBUTING.md says what it holds"
        ],
    ),
    Edit(
        "there_is_no_mistake",
        "01_double/mistakes.py",
        None,
        '"""None yet."""\n',
        "release",
        [
            "error solutions/tiny/01_double/mistakes.py: has no mistake: add one with @mistake(fails=...): it shows that the checks see something"
        ],
    ),
    Edit(
        "solution_has_a_syntax_error",
        "01_double/solution.py",
        "def double(x):",
        "def double(x)",
        "release",
        [
            "error solutions/tiny/01_double/solution.py:1: has a syntax error (expected ':'): fix that line"
        ],
    ),
    Edit(
        "solution_has_no_marks",
        "01_double/solution.py",
        None,
        "def double(x):\n    return 2 * x\n",
        "release",
        [
            "error solutions/tiny/01_double/solution.py: has no solution marks: put ### BEGIN SOLUTION and ### END SOLUTION around what students write"
        ],
    ),
    Edit(
        "solution_has_no_end_mark",
        "01_double/solution.py",
        "    ### END SOLUTION\n",
        "",
        "release",
        [
            "error solutions/tiny/01_double/solution.py:3: ### BEGIN SOLUTION has no ### END SOLUTION: add ### END SOLUTION below the solution"
        ],
    ),
    Edit(
        "solution_has_no_begin_mark",
        "01_double/solution.py",
        "    ### BEGIN SOLUTION\n",
        "",
        "release",
        [
            "error solutions/tiny/01_double/solution.py:5: ### END SOLUTION has no ### BEGIN SOLUTION: add ### BEGIN SOLUTION above the solution"
        ],
    ),
    Edit(
        "checks_have_a_syntax_error",
        "01_double/checks.py",
        "def doubles_a_number(student):",
        "def doubles_a_number(student)",
        "release",
        [
            "error solutions/tiny/01_double/checks.py:7: has a syntax error (expected ':'): fix that line"
        ],
    ),
    Edit(
        "checks_define_no_check",
        "01_double/checks.py",
        None,
        '"""None yet."""\n',
        "release",
        [
            "error solutions/tiny/01_double/checks.py: defines no check: write one with @check(points=1)"
        ],
    ),
    Edit(
        "checks_import_torch",
        "01_double/checks.py",
        "from autograder",
        "import torch\nfrom autograder",
        "release",
        [
            "error solutions/tiny/01_double/checks.py:3: imports torch, which the judge does not load: use numpy here, or student.torch for what has to run in the worker"
        ],
    ),
    Edit(
        "checks_import_the_solution",
        "01_double/checks.py",
        "from autograder",
        "from .solution import double\nfrom autograder",
        "release",
        [
            "error solutions/tiny/01_double/checks.py:3: imports from .solution, which students don't have: write what it needs here, or move the check to hidden.py"
        ],
    ),
    Edit(
        "hidden_imports_the_solution",
        "01_double/hidden.py",
        "from .checks",
        "from .solution import double\nfrom .checks",
        "release",
        [
            "error solutions/tiny/01_double/hidden.py:5: imports from .solution: import from .checks, or ask for `reference`"
        ],
    ),
    Edit(
        "points_are_missing",
        "01_double/checks.py",
        "@check(points=4)",
        "@check",
        "release",
        [
            "error solutions/tiny/01_double/checks.py:13: gets_far says no points: write e.g. @check(points=1)"
        ],
    ),
    Edit(
        "points_are_missing_in_brackets",
        "01_double/checks.py",
        "@check(points=4)",
        "@check()",
        "release",
        [
            "error solutions/tiny/01_double/checks.py:13: gets_far says no points: write e.g. @check(points=1)"
        ],
    ),
    Edit(
        "points_are_zero",
        "01_double/checks.py",
        "points=4",
        "points=0",
        "release",
        [
            "error solutions/tiny/01_double/checks.py:13: gets_far has points=0, not a number above 0: write e.g. @check(points=1)"
        ],
    ),
    Edit(
        "points_are_negative",
        "01_double/checks.py",
        "points=4",
        "points=-4",
        "release",
        [
            "error solutions/tiny/01_double/checks.py:13: gets_far has points=-4, not a number above 0: write e.g. @check(points=1)"
        ],
    ),
    Edit(
        "points_are_text",
        "01_double/checks.py",
        "points=4",
        "points='4'",
        "release",
        [
            "error solutions/tiny/01_double/checks.py:13: gets_far has points='4', not a number above 0: write e.g. @check(points=1)"
        ],
    ),
    Edit(
        "points_are_computed_and_wrong",
        "01_double/checks.py",
        "points=4",
        "points=2 - 2",
        "release",
        [
            "error solutions/tiny/01_double/checks.py:12: does not load: ValueError: points=0: give a number above 0, such as 2 or 0.5 (6 digits after the point and 1000000 at most): fix that line"
        ],
    ),
    Edit(
        "visible_is_said",
        "01_double/checks.py",
        "points=4",
        "points=4, visible=False",
        "release",
        [
            "error solutions/tiny/01_double/checks.py:13: gets_far says visible=: remove it: what stands in hidden.py is hidden"
        ],
    ),
    Edit(
        "an_option_is_unknown",
        "01_double/checks.py",
        "points=4",
        "point=4, points=4",
        "release",
        [
            "error solutions/tiny/01_double/checks.py:13: gets_far: @check has no point=: use one of points, after, hint"
        ],
    ),
    Edit(
        "a_docstring_is_missing",
        "01_double/checks.py",
        '    """double(3) is 6"""\n',
        "",
        "release",
        [
            "error solutions/tiny/01_double/checks.py:7: doubles_a_number has no docstring: write the line that a student reads there"
        ],
    ),
    Edit(
        "a_check_is_defined_twice",
        "01_double/checks.py",
        "def gets_far",
        "def doubles_a_number",
        "release",
        [
            "error solutions/tiny/01_double/checks.py:13: the check doubles_a_number is defined twice: rename one of the two"
        ],
    ),
    Edit(
        "a_hidden_check_has_a_visible_ones_name",
        "01_double/hidden.py",
        "def agrees_on_unseen",
        "def gets_far",
        "release",
        [
            "error solutions/tiny/01_double/hidden.py:9: the check gets_far is defined twice: rename one of the two"
        ],
    ),
    Edit(
        "after_names_no_check",
        "01_double/hidden.py",
        "after=doubles_a_number",
        'after="doubles_number"',
        "release",
        [
            "error solutions/tiny/01_double/hidden.py:9: agrees_on_unseen comes after 'doubles_number', which is not a check above it: name a check that stands above; did you mean doubles_a_number?"
        ],
    ),
    Edit(
        "after_names_a_check_below",
        "01_double/checks.py",
        "points=2,",
        'points=2, after="gets_far",',
        "release",
        [
            "error solutions/tiny/01_double/checks.py:7: doubles_a_number comes after 'gets_far', which is not a check above it: name a check that stands above"
        ],
    ),
    Edit(
        "a_fixture_is_unknown",
        "01_double/checks.py",
        "(student, thresholds)",
        "(studnet, thresholds)",
        "release",
        [
            "error solutions/tiny/01_double/checks.py:13: gets_far asks for studnet, which is not known: there is bench, reference, rng, student, thresholds; did you mean student?"
        ],
    ),
    Edit(
        "a_visible_check_asks_for_the_reference",
        "01_double/checks.py",
        "(student, thresholds)",
        "(student, thresholds, reference)",
        "release",
        [
            "error solutions/tiny/01_double/checks.py:13: gets_far asks for `reference`, which students don't have: move it to hidden.py"
        ],
    ),
    Edit(
        "a_check_expects_nothing",
        "01_double/checks.py",
        "    expect(student.double(3)).close_to(6)\n",
        "    student.double(3)\n",
        "release",
        [
            "error solutions/tiny/01_double/checks.py:7: doubles_a_number expects nothing: add an expect(...), or fail(...) where it is wrong"
        ],
    ),
    Edit(
        "expect_compares_nothing",
        "01_double/checks.py",
        ".close_to(6)",
        "",
        "release",
        [
            "error solutions/tiny/01_double/checks.py:9: expect(...) compares nothing: add e.g. .close_to(0.5)"
        ],
    ),
    Edit(
        "a_matcher_is_misspelt",
        "01_double/checks.py",
        ".close_to(6)",
        ".close_too(6)",
        "release",
        [
            "error solutions/tiny/01_double/checks.py:9: expect(...) has no close_too: use one of its methods; did you mean close_to?"
        ],
    ),
    Edit(
        "a_check_prints",
        "01_double/checks.py",
        "    expect(student.double(3))",
        "    print('hello')\n    expect(student.double(3))",
        "release",
        [
            "error solutions/tiny/01_double/checks.py:9: a check prints, and nobody sees it: remove the print"
        ],
    ),
    Edit(
        "mistakes_have_a_syntax_error",
        "01_double/mistakes.py",
        "def squares(x):",
        "def squares(x)",
        "release",
        [
            "error solutions/tiny/01_double/mistakes.py:9: has a syntax error (expected ':'): fix that line"
        ],
    ),
    Edit(
        "a_mistake_names_no_check",
        "01_double/mistakes.py",
        "fails=doubles_a_number",
        "fails=doubles_number",
        "release",
        [
            "error solutions/tiny/01_double/mistakes.py:9: squares: fails= names no check: name a check of checks.py or hidden.py"
        ],
    ),
    Edit(
        "a_mistake_has_no_hint",
        "01_double/mistakes.py",
        '    """Is 2 * 3 the same as 3 * 3?"""\n',
        "",
        "release",
        [
            "error solutions/tiny/01_double/mistakes.py:9: squares has no docstring: write its hint there, as a question"
        ],
    ),
    Edit(
        "a_mistake_has_another_signature",
        "01_double/mistakes.py",
        "def squares(x)",
        "def squares(x, y)",
        "release",
        [
            "error solutions/tiny/01_double/mistakes.py:9: squares(x, y) replaces double(x): give it the same parameters"
        ],
    ),
    Edit(
        "a_mistake_is_defined_twice",
        "01_double/mistakes.py",
        "    return x * x\n",
        '    return x * x\n\n\n@mistake(fails=doubles_a_number)\ndef squares(x):\n    """Again?"""\n    return x\n',
        "release",
        [
            "error solutions/tiny/01_double/mistakes.py:15: the mistake squares is defined twice: rename one of the two"
        ],
    ),
    Edit(
        "a_mistake_replaces_nothing_known",
        "02_shout/mistakes.py",
        'replaces="shout"',
        'replaces="shuot"',
        "release",
        [
            "error solutions/tiny/02_shout/mistakes.py:9: whisper: replaces='shuot': name an entry point: shout, Voice"
        ],
    ),
    Edit(
        "a_mistake_does_not_say_what_it_replaces",
        "02_shout/mistakes.py",
        ', replaces="shout"',
        "",
        "release",
        [
            "error solutions/tiny/02_shout/mistakes.py:9: whisper does not say what it replaces: add replaces= (shout, Voice)"
        ],
    ),
    Edit(
        "hints_lack_a_check",
        "01_double/hints.md",
        "## gets_far",
        "## gets_fra",
        "release",
        [
            "error solutions/tiny/01_double/hints.md:10: gets_fra is not a visible check: rename the section, or remove it; did you mean gets_far?"
        ],
    ),
    Edit(
        "hints_have_two_steps",
        "01_double/hints.md",
        "3. Put a number and a star in front of `x`.\n",
        "",
        "release",
        [
            "error solutions/tiny/01_double/hints.md:3: doubles_a_number has 2 steps: write a question, the idea with a link, and nearly the line, as 1. 2. 3."
        ],
    ),
    Edit(
        "hints_are_numbered_wrongly",
        "01_double/hints.md",
        "3. Put",
        "4. Put",
        "release",
        [
            "error solutions/tiny/01_double/hints.md:8: step 4 stands where step 3 is due: number the steps of each section 1, 2, 3"
        ],
    ),
    Edit(
        "a_first_hint_asks_nothing",
        "01_double/hints.md",
        "1. What is 3 + 3?",
        "1. Work out 3 + 3.",
        "release",
        [
            "error solutions/tiny/01_double/hints.md:3: doubles_a_number: the first step asks nothing: make it a question"
        ],
    ),
    Edit(
        "a_hint_has_no_link",
        "01_double/hints.md",
        "[`torch.add`](https://docs.pytorch.org/docs/stable/generated/torch.add.html)",
        "`torch.add`",
        "release",
        [
            "error solutions/tiny/01_double/hints.md:10: gets_far: step 2 has no link into the documentation: add one like [`torch.exp`](https://docs.pytorch.org/docs/stable/generated/torch.exp.html)"
        ],
    ),
    Edit(
        "a_hint_appears_twice",
        "01_double/hints.md",
        "3. Add `x` to what you have.",
        "3. Put a number and a star in front of `x`.",
        "release",
        [
            "error solutions/tiny/01_double/hints.md:10: gets_far: a hint appears twice: Put a number and a star in front of `x`.: change one"
        ],
    ),
    Edit(
        "a_hint_shows_the_solution",
        "01_double/hints.md",
        "3. Put a number and a star in front of `x`.",
        "3. Write `the_answer = 2 * x + 0`, and return it.",
        "release",
        [
            "error solutions/tiny/01_double/hints.md:8: shows line 4 of 01_double/solution.py: `the_answer = 2 * x + 0`: take it out, or mark that line with `# may be shown`"
        ],
    ),
    Edit(
        "a_statement_shows_the_solution",
        "01_double/statement.md",
        "Write it.",
        "Write\n\n    the_answer = 2 * x + 0\n",
        "release",
        [
            "error solutions/tiny/01_double/statement.md:3: shows line 4 of 01_double/solution.py: `the_answer = 2 * x + 0`: take it out, or mark that line with `# may be shown`"
        ],
    ),
    Edit(
        "a_constant_shows_the_solution",
        "01_double/checks.py",
        "@check(points=2,",
        "ANSWER = '''\n    the_answer = 2 * x + 0\n'''\n\n\n@check(points=2,",
        "release",
        [
            "error solutions/tiny/01_double/checks.py:7: shows line 4 of 01_double/solution.py: `the_answer = 2 * x + 0`: take it out, or mark that line with `# may be shown`"
        ],
    ),
    Edit(
        "a_statement_names_a_hidden_check",
        "01_double/statement.md",
        "Write it.",
        "See agrees_on_unseen.",
        "release",
        [
            "error solutions/tiny/01_double/statement.md:1: names the hidden check agrees_on_unseen of double: take the name out"
        ],
    ),
    Edit(
        "checks_raise_when_loaded",
        "01_double/checks.py",
        "@check(points=2,",
        "FACTOR = 1 / 0\n\n\n@check(points=2,",
        "release",
        [
            "error solutions/tiny/01_double/checks.py:6: does not load: ZeroDivisionError: division by zero: fix that line"
        ],
    ),
    Edit(
        "checks_show_the_solution_in_a_comment",
        "01_double/checks.py",
        "    expect(student.double(3))",
        "    # the_answer = 2*x+0\n    expect(student.double(3))",
        "release",
        [
            "error solutions/tiny/01_double/checks.py:9: shows line 4 of 01_double/solution.py: `the_answer = 2 * x + 0`: take it out, or mark that line with `# may be shown`"
        ],
    ),
    Edit(
        "a_stub_shows_the_solution_in_its_docstring",
        "01_double/solution.py",
        '"""Twice x."""',
        '"""the_answer = 2 * x + 0"""',
        "release",
        [
            "error solutions/tiny/01_double/solution.py:2: shows line 4 of 01_double/solution.py: `the_answer = 2 * x + 0`: take it out, or mark that line with `# may be shown`"
        ],
    ),
    Edit(
        "the_hint_of_a_mistake_shows_the_solution",
        "01_double/mistakes.py",
        "Is 2 * 3 the same as 3 * 3?",
        "Is it the_answer = 2 * x + 0?",
        "release",
        [
            "error solutions/tiny/01_double/mistakes.py:9: shows line 4 of 01_double/solution.py: `the_answer = 2 * x + 0`: take it out, or mark that line with `# may be shown`"
        ],
    ),
    Edit(
        "a_statement_shows_a_picture_that_is_not_released",
        "01_double/statement.md",
        "Write it.",
        "![a line](line.png)",
        "release",
        [
            "error solutions/tiny/01_double/statement.md:1: shows line.png, which students don't have: give its web address, or draw it in show.py"
        ],
    ),
    Edit(
        "a_show_cell_has_a_syntax_error",
        "01_double/show.py",
        None,
        "print(double(3)\n",
        "release",
        [
            "error solutions/tiny/01_double/show.py:1: has a syntax error ('(' was never closed): fix that line"
        ],
    ),
    Edit(
        "a_check_lacks_its_decorator",
        "01_double/checks.py",
        '@check(points=2, hint="How much is twice?")\n',
        "",
        "release",
        [
            "error solutions/tiny/01_double/hidden.py:9: agrees_on_unseen comes after doubles_a_number, which has no @check: write @check(points=1) over its def"
        ],
    ),
    Edit(
        "an_option_of_a_mistake_is_misspelt",
        "02_shout/mistakes.py",
        'replaces="shout"',
        'replace="shout"',
        "release",
        [
            "error solutions/tiny/02_shout/mistakes.py:9: whisper: @mistake has no replace=: use one of fails, replaces, cell, ids; did you mean replaces?"
        ],
    ),
]
"""Found by reading alone: no line of the course is run, or nothing but its imports."""

RUN = [
    Edit(
        "checks_read_the_solution_file",
        "01_double/checks.py",
        "@check(points=2,",
        "from pathlib import Path\n\nTEXT = (Path(__file__).parent / 'solution.py').read_text()\n\n\n@check(points=2,",
        "release",
        [
            "error solutions/tiny/01_double/checks.py:8: does not work where students have it: does not load: FileNotFoundError: [Errno 2] No such file or directory: 'tiny/checks/01_double/solution.py': fix that line"
        ],
    ),
    Edit(
        "the_reference_fails",
        "01_double/checks.py",
        "close_to(6)",
        "close_to(7)",
        "release",
        [
            "error solutions/tiny/01_double/checks.py:6: the reference does not pass doubles_a_number: Called `double(x)` with x = 3. It returned 6; expected 7 within 7e-05: fix solution.py or the check"
        ],
    ),
    Edit(
        "a_check_never_ends",
        "01_double/checks.py",
        "    expect(student.double(3))",
        "    while True:\n        pass\n    expect(student.double(3))",
        "release",
        [
            "error solutions/tiny/01_double/checks.py:6: doubles_a_number breaks: TimeoutError: the check itself computed for more than 5 seconds (checks.py, line 9): fix the check"
        ],
    ),
    Edit(
        "a_check_raises",
        "01_double/checks.py",
        "    expect(student.double(3))",
        "    1 / 0\n    expect(student.double(3))",
        "release",
        [
            "error solutions/tiny/01_double/checks.py:6: doubles_a_number breaks: ZeroDivisionError: division by zero (checks.py, line 9): fix the check"
        ],
    ),
    Edit(
        "the_expected_value_is_the_students",
        "01_double/checks.py",
        ".close_to(6)",
        ".close_to(student.double(3))",
        "release",
        [
            "error solutions/tiny/01_double/checks.py:6: doubles_a_number breaks: TypeError: the expected value came from the student's process: compute it from numbers, or in hidden.py with `reference` (checks.py, line 9): fix the check"
        ],
    ),
    Edit(
        "the_expected_value_is_torchs_in_the_students_process",
        "01_double/hidden.py",
        None,
        '"""Hidden checks."""\n\nfrom autograder.authoring import check, expect, plain\n\nfrom .checks import doubles_a_number\n\n\n@check(points=3, after=doubles_a_number)\ndef agrees_on_unseen(student, rng):\n    """double agrees with torch"""\n    x = rng.normal(size=(3, 1)).astype("float32")\n    expect(student.double(x)).close_to(plain(student.torch.add(x, x)))\n',
        "release",
        [
            "error solutions/tiny/01_double/hidden.py:8: agrees_on_unseen breaks: TypeError: the expected value came from the student's process: compute it from numbers, or in hidden.py with `reference` (hidden.py, line 12): fix the check"
        ],
    ),
    Edit(
        "a_check_draws_without_rng",
        "01_double/checks.py",
        "    expect(student.double(3)).close_to(6)",
        "    import random\n\n    x = random.random()\n    expect(student.double(x)).close_to(2 * x)",
        "prove",
        [
            "error solutions/tiny/01_double/checks.py:6: doubles_a_number is not the same in two runs with one seed: draw from `rng`, and use no clock and no other randomness"
        ],
    ),
    Edit(
        "a_check_passes_by_chance",
        "01_double/checks.py",
        None,
        '"""A check that passes every other time."""\n\nimport itertools\n\nfrom autograder.authoring import check, expect, fail\n\ncalls = itertools.count()\n\n\n@check(points=2)\ndef doubles_a_number(student, thresholds):\n    """double(3) is 6"""\n    expect(student.double(3)).close_to(6)\n    if next(calls) > thresholds.enough:\n        fail("bad luck")\n\n\n@check(points=4)\ndef gets_far(student):\n    """double(1) is far from 1"""\n    expect(student.double(1)).at_least(1.5)\n',
        "prove",
        [
            "error solutions/tiny/01_double/checks.py:10: doubles_a_number is not the same in two runs with one seed: draw from `rng`, and use no clock and no other randomness"
        ],
    ),
    Edit(
        "a_mistake_gets_full_marks",
        "01_double/mistakes.py",
        "return x * x",
        "return x + x",
        "prove",
        [
            "error solutions/tiny/01_double/mistakes.py:9: the mistake squares gets full marks: add a check that sees it"
        ],
    ),
    Edit(
        "a_mistake_fails_elsewhere",
        "01_double/mistakes.py",
        "fails=doubles_a_number",
        "fails=gets_far",
        "prove",
        [
            "error solutions/tiny/01_double/mistakes.py:9: the mistake squares fails first at doubles_a_number: write fails=doubles_a_number, or change the mistake"
        ],
    ),
    Edit(
        "two_mistakes_look_the_same",
        "01_double/mistakes.py",
        "    return x * x\n",
        '    return x * x\n\n\n@mistake(fails=doubles_a_number)\ndef power(x):\n    """Again?"""\n    return x**2\n',
        "prove",
        [
            "error solutions/tiny/01_double/mistakes.py:15: the mistakes squares and power fail in the same way: give them the same hint, or remove one"
        ],
    ),
    Edit(
        "the_release_is_out_of_step",
        "01_double/checks.py",
        '"""double(3) is 6"""',
        '"""double(3) is six"""',
        "prove",
        [
            "error assignments/tiny: is not in step with solutions/ (checks/01_double/checks.py): run `autograder release tiny`"
        ],
    ),
    Edit(
        "the_reference_is_too_slow_for_a_student",
        "01_double/solution.py",
        "    the_answer =",
        "    import time\n\n    time.sleep(3)\n    the_answer =",
        "release",
        [
            "error solutions/tiny/01_double/checks.py:6: the reference does not pass doubles_a_number: Called `double(x)` with x = 3. It did not finish within 2.4 seconds (it may use 0.6 seconds of processor time, and take 2.4 in all): fix solution.py or the check"
        ],
    ),
    Edit(
        "the_reference_gets_a_share",
        "01_double/checks.py",
        "credit(far, ",
        "credit(far / 2, ",
        "release",
        [
            "error solutions/tiny/01_double/checks.py:12: the reference gets 0.555556 of gets_far: It went 1.11111 of the way: fix solution.py, or the share in credit(...)"
        ],
    ),
    Edit(
        "a_show_cell_raises",
        "01_double/show.py",
        None,
        "print(dobule(3))\n",
        "release",
        [
            "error solutions/tiny/01_double/show.py: name 'dobule' is not defined at show.py, line 1: `print(dobule(3))`: fix it: it may use the solution, and what pip installs with autograder"
        ],
    ),
    Edit(
        "a_check_gives_points_to_a_stub",
        "01_double/hidden.py",
        None,
        '"""Hidden checks."""\n\nfrom autograder.authoring import check, expect\n\n\n@check(points=3)\ndef forgets_the_student(student):\n    """six is six"""\n    expect(2 * 3).equals(6)\n',
        "prove",
        [
            "error solutions/tiny/01_double/hidden.py:6: forgets_the_student gives points to an untouched copy: let it ask the student"
        ],
    ),
]
"""Found by running the reference or the mistakes, or where students have the release."""
