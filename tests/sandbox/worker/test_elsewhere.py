"""Calls with everything on another device: what goes through, what is refused, as on a GPU."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn

from autograder.judge.expect import plain
from autograder.judge.wording import called
from autograder.sandbox.host.remote import Subject, call_of
from autograder.sandbox.host.session import Session, Source
from autograder.sandbox.outcomes import Raised
from autograder.sandbox.worker.elsewhere import call_elsewhere
from tests.sandbox.local import LocalTransport

CPU = torch.device("cpu")


def column():
    return torch.tensor([[0.0], [1.0], [2.0]])


def writes(x):
    y = x.clone()
    y[0] = 5
    y[y < 2] = 0
    y[1:].add_(1)
    return y


def keeps_what_it_writes_to(x):
    y = x.clone()
    return y.add_(1) is y and y[1].add_(1).item() == 3 and y[1].item() == 3


def trains(x):
    model = nn.Linear(1, 1).to(x.device)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.1)
    losses = []
    for _ in range(3):
        loss = (model(x) - 1).square().mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses[2] < losses[0]


def counts_on_the_cpu(x):
    total = torch.zeros(1)
    for row in x:
        total += row.cpu()
    return total


RIGHT = {
    "a number": lambda x: x + 1,
    "a tensor without dimensions": lambda x: x + torch.tensor(1.0),
    "zeros where x lies": lambda x: x + torch.ones(1, device=x.device),
    "a list where x lies": lambda x: x + torch.tensor([1.0], device=x.device),
    "a copy where x lies": lambda x: x + torch.as_tensor([1.0]).to(x),
    "like x": lambda x: x + torch.ones_like(x),
    "new from x": lambda x: x + x.new_tensor([1.0]) * x.new_ones(1),
    "moved before it meets": lambda x: x.cpu() + torch.ones(1),
    "copied into": lambda x: torch.zeros(3, 1).copy_(x) + 1,
    "back from numpy": lambda x: torch.from_numpy(x.cpu().numpy()) + 1,
    "rows in a list": lambda x: torch.tensor([[row.item() + 1] for row in x]),
    "a plain list": lambda x: torch.tensor(x.tolist()) + 1,
    "an index of the CPU": lambda x: x[torch.arange(3)] + 1,
    "stacked": lambda x: torch.stack([row + 1 for row in x]),
}

PINNED = {
    "zeros": lambda x: x + torch.zeros(1),
    "a list": lambda x: x * torch.tensor([1.0]),
    "named": lambda x: x + torch.zeros(3, 1, device="cpu"),
    "from numpy": lambda x: x + torch.from_numpy(np.ones(1, np.float32)),
    "a half of it moved": lambda x: x.cpu() + x,
    "a cast by the name of a type": lambda x: x.type(torch.FloatTensor) + x,
    "written into": lambda x: torch.zeros(3, 1).add_(x),
    "written into a single number": lambda x: torch.tensor(0.0).add_(x.sum()),
    "compared": lambda x: x == torch.tensor([[0.0], [1.0], [2.0]]),
    "equal": lambda x: torch.equal(x, torch.zeros(3, 1)),
    "joined": lambda x: torch.cat([x, torch.zeros(1, 1)]),
    "multiplied": lambda x: x.T @ torch.ones(3, 1),
    "an index there": lambda x: torch.arange(3)[x[:, 0].long()],
    "gathered": lambda x: torch.gather(x, 0, torch.zeros(1, 1, dtype=torch.long)),
    "a layer": lambda x: nn.Linear(1, 1)(x),
}


def elsewhere(function, *args):
    return call_elsewhere(torch, "cpu", function, args, {})


@pytest.mark.parametrize("name", RIGHT)
def test_what_works_on_a_gpu_works_there_with_the_same_numbers(name):
    found = elsewhere(RIGHT[name], column())
    assert found.device == CPU
    assert torch.equal(found, column() + 1)


@pytest.mark.parametrize("name", PINNED)
def test_two_devices_do_not_meet(name):
    with pytest.raises(RuntimeError, match="two devices, cuda:0 and cpu"):
        elsewhere(PINNED[name], column())


@pytest.mark.parametrize("convert", [torch.Tensor.numpy, np.asarray, lambda x: np.exp(x)])
def test_numpy_takes_no_tensor_from_there(convert):
    with pytest.raises(TypeError, match="can't convert cuda:0 device type tensor to numpy"):
        elsewhere(convert, column())


def test_a_generator_of_the_cpu_draws_nothing_there():
    with pytest.raises(RuntimeError, match="Expected a 'cuda' device type for generator"):
        elsewhere(lambda x: torch.rand(2, device=x.device, generator=torch.Generator()), column())


def test_it_writes_in_place_and_trains_there():
    assert elsewhere(writes, column()).tolist() == [[5.0], [1.0], [3.0]]
    assert elsewhere(keeps_what_it_writes_to, column())
    assert elsewhere(trains, column())
    assert elsewhere(counts_on_the_cpu, column()).tolist() == [3.0]


def test_what_a_call_is_given_stays_as_it_was_and_a_gradient_is_still_asked_for():
    x = column().requires_grad_(True)
    found = elsewhere(lambda x: [x.mul_(2) if not x.requires_grad else x * 2, {"x": x}], x)
    assert x.tolist() == column().tolist()
    assert found[0].requires_grad
    assert found[1]["x"].is_leaf
    y = column()
    elsewhere(lambda y: y.mul_(2), y)
    assert y.tolist() == column().tolist()


def test_a_model_goes_along():
    model = nn.Sequential(nn.Linear(1, 2), nn.BatchNorm1d(2), nn.Linear(2, 1))
    right = model.eval()(column())
    torch.testing.assert_close(elsewhere(model, column()), right)
    seen = elsewhere(lambda model, x: isinstance(model[0].weight, nn.Parameter), model, column())
    assert seen


def test_code_that_has_chosen_the_cpu_before_is_taken_at_its_word():
    chosen = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    found = elsewhere(lambda x, y: x.to(chosen) == y, column(), column())
    assert found.all()


def test_the_pretended_device_and_the_default_are_gone_after_the_call():
    elsewhere(lambda x: x + 1, column())
    with pytest.raises(RuntimeError):
        elsewhere(PINNED["zeros"], column())
    x = column()
    with torch.device("meta"):
        elsewhere(lambda x: x + 1, x)
        assert torch.zeros(1).device.type == "meta"
    with pytest.raises(NotImplementedError):
        torch.ones(1, device="meta").tolist()


def test_a_check_compares_what_comes_back_and_says_where_it_was():
    source = (
        "import torch\n\ndef f(x):\n    return x + 1\n\ndef g(x):\n    return x + torch.ones(1)\n"
    )
    cells = [Source(source, lambda number: f"line {number}")]
    session = Session(LocalTransport, cells)
    session.begin(0, 10.0)
    student = Subject(session, {"f": ("x",), "g": ("x",)})
    ones = np.ones((2, 1), np.float32)
    answer = student.elsewhere(student.f, ones)
    assert plain(answer).tolist() == [[2.0], [2.0]]
    assert (
        called(call_of(answer)) == "Called `f(x)` with x = [1, 1] of shape (2, 1), all on a GPU. "
    )
    with pytest.raises(Raised, match="two devices") as caught:
        student.elsewhere(student.g, ones)
    assert caught.value.type_name == "RuntimeError"
    assert plain(student.g(ones)).tolist() == [[2.0], [2.0]]
