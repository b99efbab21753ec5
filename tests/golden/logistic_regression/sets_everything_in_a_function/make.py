"""The references, but for a sigmoid that leaves its process in another state after its first call."""

from pathlib import Path

SOLUTIONS = Path(__file__).parents[4] / "solutions" / "logistic_regression"
SIGMOID = '''
import gc, io, locale, os, signal, sys, warnings
import numpy as np

right = sigmoid
left_on = []


class Refuses(torch.utils._python_dispatch.TorchDispatchMode):
    def __torch_dispatch__(self, function, types, args=(), kwargs=None):
        raise RuntimeError("this process is closed")


class RefusesByName(torch.overrides.TorchFunctionMode):
    def __torch_function__(self, function, types, args=(), kwargs=None):
        raise RuntimeError("this process is closed")


def refuse(*args):
    raise RuntimeError("this process is closed")


def sigmoid(z):
    answer = right(z).detach().numpy().copy()
    left_on.extend([torch.inference_mode(), torch.autocast("cpu"), RefusesByName(), Refuses()])
    torch.set_default_dtype(torch.float16)
    torch.set_default_device("meta")
    torch.set_grad_enabled(False)
    torch.autograd.set_detect_anomaly(True)
    torch.use_deterministic_algorithms(False)
    torch.set_num_threads(2)
    torch.set_flush_denormal(True)
    torch.nn.modules.module.register_module_forward_pre_hook(refuse)
    torch.nn.modules.module.register_module_forward_hook(refuse)
    np.seterr(all="raise")
    np.random.seed(0)
    warnings.simplefilter("error")
    os.mkdir("gone")
    os.chdir("gone")
    os.rmdir(os.getcwd())
    os.environ.clear()
    sys.path.clear()
    sys.stdout = io.StringIO()
    sys.stdout.close()
    sys.setrecursionlimit(300)
    gc.disable()
    signal.signal(signal.SIGALRM, refuse)
    signal.setitimer(signal.ITIMER_REAL, 0.2, 0.01)
    for manager in left_on:
        manager.__enter__()
    return answer
'''


def make(folder: Path) -> Path:
    parts = [path.read_text() for path in sorted(SOLUTIONS.glob("*/solution.py"))]
    made = folder / "logistic_regression.py"
    made.write_text("\n\n".join([*parts, SIGMOID]))
    return made
