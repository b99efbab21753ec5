"""The pretended accelerator of the tests is like a GPU, seen from within a real worker."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from autograder.judge.expect import plain
from autograder.sandbox.host.launcher import Launcher
from autograder.sandbox.host.remote import Subject
from autograder.sandbox.host.session import Session
from autograder.sandbox.policy import Policy
from tests.pretend_device import needs_pretend, pretend_device

pytestmark = needs_pretend
HEAD = """
import torch
from torch import nn

def f():
    x = torch.arange(4.0).reshape(-1, 1)
"""
MIXED = r"at least two devices, pretend:0 and cpu"


@pytest.fixture(scope="module")
def run() -> Iterator[Callable[[str], Any]]:
    """Runs the body of a function in a worker on the device, with `x` there; what it returns."""
    with pretend_device(), Launcher(Policy(), "pretend:0", spares=False) as launcher:

        def in_worker(body: str) -> Any:
            source = HEAD + textwrap.indent(textwrap.dedent(body), "    ")
            session = Session(launcher.start, [])
            try:
                session.begin(0, 60.0)
                return plain(Subject(session, {}).define(source, "f")())
            finally:
                session.close()

        yield in_worker


@pytest.mark.parametrize(
    ("body", "raises"),
    [
        ("x + torch.zeros(1, device='cpu')", MIXED),
        ("x @ torch.zeros(1, 1, device='cpu')", MIXED),
        ("torch.cat([x, torch.zeros(1, 1, device='cpu')])", MIXED),
        ("torch.tensor(0.0, device='cpu').add_(x.sum())", MIXED),
        ("nn.Linear(1, 1).cpu()(x)", MIXED),
        ("x.cpu()[x[:, 0].long()]", "indices should be either on cpu"),
        ("x.numpy()", "can't convert pretend:0 device type tensor to numpy"),
        ("__import__('numpy').asarray(x)", "can't convert pretend:0 device type tensor to numpy"),
        ("torch.rand(2, generator=torch.Generator())", "Expected a 'pretend' device type"),
        ("x.cuda()", "CUDA|NVIDIA"),
    ],
)
def test_it_refuses_what_a_gpu_refuses(run, body, raises):
    caught = (
        f"try:\n    {body}\nexcept Exception as error:\n    return str(error)\nreturn 'nothing'"
    )

    assert re.search(raises, run(caught))


def test_tensors_there_are_torchs_own(run):
    found = run(
        """
        w = nn.Linear(1, 1).weight
        return [str(w.device), type(w).__name__, type(x).__name__, str(x), x.is_leaf,
            torch.accelerator.current_accelerator().type, str(torch.zeros(1).device)]
        """
    )
    shown = "tensor([[0.],\n        [1.],\n        [2.],\n        [3.]], device='pretend:0')"
    assert found == ["pretend:0", "Parameter", "Tensor", shown, True, "pretend", "pretend:0"]


def test_numbers_views_and_indices_are_as_on_the_cpu(run):
    found = run(
        """
        y = x.clone()
        y[0] = 5
        y[y < 2] = 0
        y[2:].add_(torch.tensor(1.0, device='cpu'))
        y[:, 0].view(2, 2).t().mul_(2)
        empty = torch.empty(0)
        torch.add(x, x, out=empty)
        return [y, empty, x[torch.tensor([0, 1], device='cpu')], x[3].item(), x.tolist(),
            torch.empty(0).resize_(2).zero_(), x.sort(0, descending=True)[1]]
        """
    )
    wanted = [
        [[10.0], [0.0], [6.0], [8.0]],
        [[0.0], [2.0], [4.0], [6.0]],
        [[0.0], [1.0]],
        3.0,
        [[0.0], [1.0], [2.0], [3.0]],
        [0.0, 0.0],
        [[3], [2], [1], [0]],
    ]
    assert [one.tolist() if hasattr(one, "tolist") else one for one in found] == wanted


def test_what_is_copied_saved_or_pickled_is_the_same_again(run):
    found = run(
        """
        import copy, io, pickle
        model = nn.Sequential(nn.Linear(1, 2), nn.BatchNorm1d(2))
        file = io.BytesIO()
        torch.save({'x': x, 'model': model.state_dict()}, file)
        loaded = [torch.load(io.BytesIO(file.getvalue()), map_location=place)
            for place in (None, 'cpu', 'pretend')]
        twins = [copy.deepcopy(x), copy.deepcopy(model.state_dict())['0.weight'],
            pickle.loads(pickle.dumps(x)), copy.deepcopy(model)[0].weight,
            *(one['x'] for one in loaded), *(one['model']['0.weight'] for one in loaded)]
        originals = [x, model[0].weight, x, model[0].weight, x, x, x, *[model[0].weight] * 3]
        same = [torch.equal(a.to(b.device), b) for a, b in zip(twins, originals)]
        return [all(same), [one.device.type for one in twins]]
        """
    )
    places = "pretend pretend pretend pretend pretend cpu pretend pretend cpu pretend".split()
    assert found == [True, places]


def test_hooks_see_gradients_there_and_seeds_repeat(run):
    found = run(
        """
        w, seen = torch.ones(2, requires_grad=True), []
        w.register_hook(lambda gradient: seen.append(gradient.clone()))
        (w * 3).sum().backward()
        torch.manual_seed(5)
        first = torch.rand(3)
        torch.manual_seed(5)
        again = [torch.rand(3), torch.randn(2), torch.randperm(4).device.type]
        return [seen[0], w.grad.device.type, torch.equal(first, again[0]), again[2]]
        """
    )
    assert found[0].tolist() == [3.0, 3.0]
    assert found[1:] == ["pretend", True, "pretend"]


def test_every_optimizer_goes_the_same_way_there(run):
    """In all forms in which torch takes steps: one tensor at a time, several at once, fused, and
    with its state on the device."""
    found = run(
        """
        forms = [{}, {'foreach': True}, {'foreach': False}]
        kinds = [('SGD', [*forms, {'momentum': 0.9, 'fused': True}]),
            ('Adam', [*forms, {'fused': True}, {'capturable': True}]),
            ('ASGD', [*forms, {'capturable': True}]), ('LBFGS', [{}])]
        kinds += [(name, forms) for name in ('Adadelta', 'Adagrad', 'Adamax', 'RMSprop', 'Rprop',
            'AdamW', 'NAdam', 'RAdam', 'Adafactor')]
        apart = {}
        for name, each in kinds:
            for options in each:
                ends = []
                for place in ('cpu', 'pretend'):
                    at_home = place == 'cpu'
                    w = torch.tensor([1.0, -2.0], device=place, requires_grad=True)
                    b = torch.tensor([[0.5]], device=place, requires_grad=True)
                    given = {k: v for k, v in options.items() if not at_home or k == 'momentum'}
                    optimizer = getattr(torch.optim, name)([w, b], lr=0.05, **given)
                    def closure():
                        optimizer.zero_grad()
                        loss = (w.square().sum() - b.sum()).square() + b.square().sum()
                        loss.backward()
                        return loss
                    for _ in range(4):
                        optimizer.step(closure)
                    ends.append([*w.tolist(), *b.flatten().tolist()])
                far = max(abs(one - other) for one, other in zip(*ends))
                apart[f'{name} {options}'] = far
        return apart
        """
    )
    assert len(found) == 41
    assert {name: far for name, far in found.items() if not far < 1e-5} == {}
