"""What code sets for its process: its own to keep, and no other exercise's loss."""

from __future__ import annotations

import textwrap

import numpy as np
import pytest

from autograder.authoring import raised
from autograder.sandbox.host.remote import Subject, value_of
from autograder.sandbox.host.session import Session, Source

ENTRY_POINTS = {"f": ("x",), "g": ()}
IMPORTS = """
import gc, io, locale, os, random, secrets, signal, sys, time, uuid, warnings
import numpy as np
import torch
from torch.nn.modules.module import register_module_forward_hook

left = []

def leave_on(manager):
    manager.__enter__()
    left.append(manager)

def use():
    torch.full((3,), time.time() % 1000)

class Sees(torch.overrides.TorchFunctionMode):
    def __torch_function__(self, function, types, args=(), kwargs=None):
        raise RuntimeError("seen")

class SeesAll(torch.utils._python_dispatch.TorchDispatchMode):
    def __torch_dispatch__(self, function, types, args=(), kwargs=None):
        raise RuntimeError("seen")
"""


@pytest.fixture
def put(launcher):
    """A function that puts code into a worker; gives its session and a subject with f and g."""
    opened = []

    def put(source):
        cell = Source(IMPORTS + textwrap.dedent(source), lambda line: f"line {line}")
        opened.append(Session(launcher.start, [cell]))
        opened[-1].begin(1, 60.0)
        assert opened[-1].load_faults == []
        return opened[-1], Subject(opened[-1], ENTRY_POINTS)

    yield put
    for session in opened:
        session.close()


SET = {
    "torch.set_default_dtype(torch.float64)": "str(torch.get_default_dtype())",
    "torch.set_default_device('meta')": "str([torch.zeros(1).device, torch.get_default_device()])",
    "torch.set_grad_enabled(False)": "torch.ones(1, requires_grad=True).sum().requires_grad",
    "leave_on(torch.inference_mode())": "torch.zeros(1).is_inference()",
    "leave_on(torch.device('meta'))": "str(torch.zeros(1).device)",
    "leave_on(Sees())": "torch.ones(1).tolist()",
    "leave_on(SeesAll())": "torch.ones(1).tolist()",
    "leave_on(torch.autocast('cpu'))": "str((torch.ones(1, 1) @ torch.ones(1, 1)).dtype)",
    "torch.autograd.set_detect_anomaly(True)": "torch.is_anomaly_enabled()",
    "torch.use_deterministic_algorithms(False)": "torch.empty(3).isnan().all().item()",
    "torch.set_num_threads(2)": "torch.get_num_threads()",
    "torch.set_float32_matmul_precision('medium')": "torch.get_float32_matmul_precision()",
    "torch.backends.fp32_precision = 'tf32'": "torch.get_float32_matmul_precision()",
    "torch.set_flush_denormal(True)": "(torch.tensor(1e-310, dtype=torch.double) / 2).item() > 0",
    "torch.set_printoptions(precision=1)": "repr(torch.tensor(0.123))",
    "np.set_printoptions(precision=1)": "repr(np.float32([0.123]))",
    "np.seterr(all='raise')": "str(np.geterr())",
    "warnings.simplefilter('error')": "warnings.warn('odd')",
    "sys.setrecursionlimit(100)": "sys.getrecursionlimit()",
    "os.mkdir('new'); os.chdir('new')": "os.path.basename(os.getcwd()) == 'new'",
    "os.mkdir('gone'); os.chdir('gone'); os.rmdir(os.getcwd())": "os.path.isdir(os.getcwd())",
    "os.environ.clear()": "'PATH' in os.environ",
    "os.environ['NEW'] = '1'": "'NEW' in os.environ",
    "sys.path.clear()": "len(sys.path) > 0",
    "sys.stdout = io.StringIO()": "sys.stdout is sys.__stdout__",
    "locale.setlocale(locale.LC_ALL, 'C')": "locale.setlocale(locale.LC_ALL)",
    "gc.disable()": "gc.isenabled()",
    "sys.settrace(print)": "sys.gettrace()",
    "signal.setitimer(signal.ITIMER_REAL, 500)": "signal.getitimer(signal.ITIMER_REAL)[0] > 0",
    "register_module_forward_hook(print)": "len(torch.nn.modules.module._global_forward_hooks)",
}


@pytest.mark.parametrize("setting", SET)
def test_what_a_function_sets_is_as_before_for_the_next_check(put, setting):
    session, student = put(
        f"""
        def f(x):
            {setting}

        def g():
            return {SET[setting]}
        """
    )
    before = value_of(student.g())
    student.f(1)
    session.begin(2, 60.0)
    assert value_of(student.g()) == before


KEPT = {
    "torch.set_default_dtype(torch.float64)": ("str(torch.ones(1).dtype)", "torch.float64"),
    "torch.set_default_dtype(torch.float16)": ("str(torch.ones(1).dtype)", "torch.float16"),
    "torch.set_default_device('meta')": ("str(torch.ones(1).device)", "meta"),
    "os.mkdir('data'); os.chdir('data')": ("os.path.basename(os.getcwd())", "data"),
    "os.environ['SIZE'] = '7'": ("os.environ['SIZE']", "7"),
    "sys.path.insert(0, 'src')": ("sys.path[0]", "src"),
    "warnings.filterwarnings('ignore', 'mine')": ("warnings.filters[0][0]", "ignore"),
    "np.seterr(divide='raise')": ("np.geterr()['divide']", "raise"),
    "torch.set_printoptions(precision=1)": ("repr(torch.tensor(0.1234))", "tensor(0.1)"),
}


@pytest.mark.parametrize("setting", KEPT)
def test_what_a_file_sets_at_its_top_holds_in_every_check_for_its_own_calls(put, setting):
    what, wanted = KEPT[setting]
    session, _ = put(f"{setting}\ndef g():\n    return {what}\n")
    helper = "def twice(g):\n    return [g(), g()]\n"
    for seed in (1, 2):
        session.begin(seed, 60.0)
        student = Subject(session, ENTRY_POINTS)
        assert value_of(student.g()) == wanted
        assert value_of(student.define(helper, "twice")(student.g)) == [wanted, wanted]


DEFAULTS = """
import sys, warnings
import numpy
warnings.warn("a helper's own")

def found(g):
    g()
    warnings.warn("a helper's own")
    made = torch.ones(1)
    return [str(made.dtype), str(made.device), numpy.geterr()["divide"], sys.getrecursionlimit()]
"""


@pytest.mark.parametrize(
    "setting",
    [
        "torch.set_default_dtype(torch.bfloat16)",
        "torch.set_default_device('meta')",
        "warnings.simplefilter('error')",
        "np.seterr(all='raise')",
        "sys.setrecursionlimit(1500)",
    ],
)
@pytest.mark.parametrize("where", ["at the top", "in a function"])
def test_a_helper_finds_torchs_defaults(put, setting, where):
    inside = setting if where == "in a function" else "pass"
    at_top = setting if where == "at the top" else ""
    _, student = put(f"{at_top}\ndef g():\n    pass\ndef f(x):\n    {inside}\n")
    student.f(1)
    found = value_of(student.define(DEFAULTS, "found")(student.g))
    assert found == ["torch.float32", "cpu", "warn", 1000]


def test_a_helper_may_look_on_while_a_file_has_a_default_device(put):
    _, student = put("torch.set_default_device('cpu')\ndef g():\n    return torch.ones(1) + 1\n")
    looks_on = """
class Notes(torch.overrides.TorchFunctionMode):
    def __init__(self):
        self.names = []

    def __torch_function__(self, function, types, args=(), kwargs=None):
        self.names.append(function.__name__)
        return function(*args, **(kwargs or {}))

def names(g):
    with Notes() as notes:
        g()
        torch.zeros(1)
    return notes.names
"""
    found = value_of(student.define(looks_on, "names")(student.g))
    assert {"ones", "zeros"} <= set(found)


def test_numbers_have_the_precision_that_the_file_chose(put):
    _, student = put(
        """
        torch.set_default_dtype(torch.float64)
        layer = torch.nn.Linear(1, 1)

        def f(x):
            return layer(x)
        """
    )
    assert value_of(student.f(np.ones((2, 1), np.float32))).dtype == "float64"
    there = student.define("def f(f, x):\n    return f(x + torch.zeros(1))\n", "f")
    assert value_of(there(student.f, np.ones((2, 1), np.float32))).dtype == "float64"


def test_what_torch_cannot_do_deterministically_is_done_without_a_word(put):
    """Neither a line that is printed nor, where a file makes warnings errors, an exception."""
    session, student = put(
        """
        warnings.simplefilter("error")

        def g():
            return torch.nn.MaxUnpool1d(2)(torch.ones(1, 1, 1), torch.tensor([[[1]]]))
        """
    )
    assert value_of(student.g()).array.tolist() == [[[0.0, 1.0]]]
    assert session.drain() == ""


# -- a device that is not there ---------------------------------------------------------------


@pytest.mark.parametrize(
    "asked",
    [
        "torch.set_default_device('cuda:7')",
        "torch.set_default_device(torch.device('mps'))",
        "torch.set_default_tensor_type('torch.cuda.FloatTensor')",
        "torch.set_default_tensor_type(torch.cuda.FloatTensor)",
    ],
)
def test_a_default_device_that_is_not_here_is_noted_and_costs_nothing(put, asked):
    session, student = put(f"{asked}\n{asked}\nx = torch.ones(2)\ndef g():\n    return x.sum()\n")
    assert value_of(student.g()).array == 2
    assert len(session.missing_devices) == 1


def test_what_is_no_device_raises_as_torch_does(put):
    _, student = put("def g():\n    torch.set_default_device('gpu')\n")
    assert raised(student.g) == "RuntimeError"


# -- the same twice ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "what",
    [
        "[use(), torch.empty(3)]",
        "[use(), torch.Tensor(3)]",
        "[use(), torch.empty_like(torch.ones(3))]",
        "[use(), torch.ones(1).resize_(3)]",
        "[np.empty(n).tobytes().hex() for n in (1, 2, 3, 50, 5000)]",
        "[np.empty_like(np.ones(n, np.float32)).tobytes().hex() for n in (1, 2, 3, 50, 5000)]",
        "bytes(torch.UntypedStorage(64)).hex()",
        "[random.Random().random(), random.seed(), random.random()]",
        "np.random.default_rng().random()",
        "[torch.seed(), torch.rand(1)]",
        "[secrets.token_hex(), str(uuid.uuid4()), str(os.getrandom(4))]",
        "list({'SGD', 'Adam', 'RMSprop', 'Adagrad'})",
    ],
)
def test_chance_and_memory_are_the_same_in_every_worker(put, what):
    source = f"def g():\n    return str({what})\n"
    (_, first), (_, second) = put(source), put(source)
    assert value_of(first.g()) == value_of(second.g())


def test_chance_differs_from_call_to_call(put):
    _, student = put("def g():\n    return np.random.default_rng().random()\n")
    assert value_of(student.g()) != value_of(student.g())


# -- what a check hands over -------------------------------------------------------------------

UNIT = """
from torch import nn

class Unit(nn.Module):
    def __init__(self, w):
        super().__init__()
        self.linear = nn.Linear(1, 1)
        nn.init.constant_(self.linear.weight, w)

    def forward(self, x):
        return self.linear(x)

def slope(w):
    return w
"""


def test_what_a_helper_makes_can_be_copied_pickled_and_sent_to_other_processes(put):
    _, student = put(
        """
        import copy, pickle
        from concurrent.futures import ProcessPoolExecutor

        def weight(model, slope):
            return slope(model.linear.weight.item())

        def f(given):
            model, slope = given
            torch.save(model, "model.pt")
            again = [
                copy.deepcopy(model),
                pickle.loads(pickle.dumps(model)),
                torch.load("model.pt", weights_only=False),
            ]
            with ProcessPoolExecutor(1) as pool:
                there = pool.submit(weight, model, slope).result()
            return [weight(one, slope) for one in again] + [there]
        """
    )
    model = student.define(UNIT, "Unit")(0.5)
    slope = student.define(UNIT, "slope")
    assert value_of(student.f([model, slope])) == [0.5] * 4


def test_the_helpers_of_one_check_are_gone_in_the_next(put):
    session, student = put(
        "def g():\n    return [n for n in sys.modules if n.startswith('helper_')]\n"
    )
    student.define(UNIT, "Unit")
    assert len(value_of(student.g())) == 1
    session.begin(2, 60.0)
    assert value_of(student.g()) == []


# -- exceptions ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("error", "told"),
    [
        ("ValueError('no')", "ValueError"),
        ("type('UnknownName', (ValueError,), {})()", "ValueError"),
        ("UnicodeError()", "ValueError"),
        ("type('UnknownName', (KeyError,), {})()", "UnknownName"),
        ("type('ValueError', (Exception,), {})()", "another ValueError"),
        ("type('Odd', (Exception,), {'__class__': ValueError})()", "Odd"),
    ],
)
def test_an_exception_is_what_it_is_a_subclass_of(put, error, told):
    _, student = put(f"def g():\n    raise {error}\n")
    assert raised(student.g, "ValueError") == told
