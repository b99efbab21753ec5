"""The references of Exercise 6-1 reproduce the figures of the lecture's material."""

from __future__ import annotations

import importlib.util
import math
from pathlib import Path
from types import ModuleType

import pytest
import torch
from torch import nn

COURSE = Path(__file__).resolve().parents[2] / "solutions" / "logistic_regression"
HOURS = torch.tensor([[1.0], [2.0], [3.0], [4.0]])
PASSED = torch.tensor([[0.0], [0.0], [1.0], [1.0]])
START = (0.5, -0.25)


def reference(exercise: str) -> ModuleType:
    """The module of an exercise's solution.py."""
    spec = importlib.util.spec_from_file_location(exercise, COURSE / exercise / "solution.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def activations() -> ModuleType:
    return reference("05_activations")


@pytest.fixture(scope="module")
def optimizers() -> ModuleType:
    return reference("06_optimizers")


@pytest.fixture
def unit() -> nn.Module:
    """The lecture's model at the start of the probes."""
    model = nn.Sequential(nn.Linear(1, 1), nn.Sigmoid())
    nn.init.constant_(model[0].weight, START[0])
    nn.init.constant_(model[0].bias, START[1])
    return model


def lecture_gradient(w: torch.Tensor) -> torch.Tensor:
    error = torch.sigmoid(w[0] * HOURS + w[1]) - PASSED
    return torch.stack([(error * HOURS).mean(), error.mean()])


def loss_at(w: torch.Tensor) -> float:
    return nn.functional.binary_cross_entropy(torch.sigmoid(w[0] * HOURS + w[1]), PASSED).item()


# -- activations ----------------------------------------------------------------------------


def test_tanh_and_relu_give_the_notebooks_values_on_ten_numbers(activations: ModuleType) -> None:
    a = torch.linspace(-1, 1, 10)
    tanh = [0.7616, 0.6514, 0.5047, 0.3215, 0.1107]
    relu = [0.0] * 5 + [0.1111, 0.3333, 0.5556, 0.7778, 1.0]
    expected = [-value for value in tanh] + tanh[::-1]
    assert activations.activation("Tanh")(a).tolist() == pytest.approx(expected, abs=5e-5)
    assert activations.activation("ReLU")(a).tolist() == pytest.approx(relu, abs=5e-5)


def test_every_name_of_the_slides_is_there(activations: ModuleType) -> None:
    slides = (
        "ReLU ReLU6 ELU SELU PReLU LeakyReLU Threshold Hardtanh Sigmoid Tanh "
        "LogSigmoid Softplus Softshrink Softsign Tanhshrink Softmin Softmax Softmax2d LogSoftmax"
    )
    for name in slides.split():
        assert type(activations.activation(name)) is getattr(nn, name)


def test_moved_tanh_is_a_sigmoid_of_twice_the_score(activations: ModuleType) -> None:
    z = torch.linspace(-5, 5, 21)
    assert torch.allclose(activations.tanh_probability(z), torch.sigmoid(2 * z), atol=1e-6)
    assert activations.tanh_probability(torch.tensor(1.0)).item() == pytest.approx(0.8808, abs=5e-5)


@pytest.mark.parametrize(("low", "high", "floor"), [(0, 1, 0.3133), (-1, 1, 0.1269)])
def test_squashed_outputs_put_a_floor_under_cross_entropy(
    activations: ModuleType, low: int, high: int, floor: float
) -> None:
    assert activations.cross_entropy_floor(low, high) == pytest.approx(floor, abs=5e-5)
    best = torch.tensor([[float(high), float(low)]])
    assert nn.functional.cross_entropy(best, torch.tensor([0])).item() == pytest.approx(
        floor, abs=5e-5
    )


def test_one_linear_unit_stays_at_ln_2_where_the_hidden_layers_do_not(
    activations: ModuleType,
) -> None:
    ticks = torch.tensor([-1.0, -0.5, 0.5, 1.0])
    x = torch.cartesian_prod(ticks, ticks)
    y = (x[:, :1] * x[:, 1:] > 0).float()
    scores = torch.zeros(3, requires_grad=True)
    p = torch.sigmoid(x @ scores[:2] + scores[2])[:, None]
    loss = nn.functional.binary_cross_entropy(p, y)
    (slope,) = torch.autograd.grad(loss, scores)
    assert loss.item() == pytest.approx(math.log(2), abs=1e-6)
    assert slope.abs().max() < 1e-6
    runs = activations.compare_activations(["PReLU", "Tanh"], x, y, 60, 0.1, 0)
    assert max(losses[-1] for losses in runs.values()) < 0.1


def test_tanh_reaches_a_lower_cross_entropy_than_sigmoid_at_the_same_accuracy() -> None:
    datasets = pytest.importorskip("sklearn.datasets")
    rows, labels = datasets.make_classification(
        n_samples=1000, n_features=2, n_classes=2, n_informative=2, n_redundant=0,
        flip_y=0.1, class_sep=0.9, random_state=4,
    )  # fmt: skip
    x, y = torch.from_numpy(rows).float(), torch.from_numpy(labels).long()
    ended = {}
    for name, layer in (("sigmoid", nn.Sigmoid()), ("tanh", nn.Tanh())):
        torch.manual_seed(0)
        model = nn.Sequential(nn.Linear(2, 2), layer)
        optimizer = torch.optim.SGD(model.parameters(), lr=0.5)
        for _ in range(200):
            loss = nn.functional.cross_entropy(model(x), y)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        accuracy = (model(x).argmax(dim=1) == y).float().mean().item()
        ended[name] = (loss.item(), accuracy)
    assert ended["sigmoid"][1] == pytest.approx(ended["tanh"][1], abs=0.03)
    assert ended["sigmoid"][0] > 0.3133
    assert 0.1269 < ended["tanh"][0] < ended["sigmoid"][0]


# -- optimizers -----------------------------------------------------------------------------


def test_sgd_gives_the_four_losses_of_the_probe(optimizers: ModuleType, unit: nn.Module) -> None:
    runs = optimizers.compare_optimizers(unit, {"SGD": 0.01}, HOURS, PASSED, 4)
    assert runs["SGD"] == pytest.approx([0.59374, 0.59300, 0.59227, 0.59156], abs=6e-6)


def test_momentum_by_hand_gives_the_four_losses_of_the_probe(optimizers: ModuleType) -> None:
    path = optimizers.momentum_path(torch.tensor(START), lecture_gradient, 0.01, 0.9, 3)
    losses = [loss_at(w) for w in path]
    assert losses == pytest.approx([0.59374, 0.59300, 0.59161, 0.58970], abs=6e-6)


def test_weight_decay_by_hand_makes_the_first_step_of_the_probe(optimizers: ModuleType) -> None:
    path = optimizers.momentum_path(torch.tensor(START), lecture_gradient, 0.01, 0.0, 1, 0.1)
    assert (path[1] - path[0]).tolist() == pytest.approx([-0.002151, -0.001927], abs=1e-6)


FIRST_STEPS = {
    "SGD": 0.01 * 0.16506,
    "Adam": 0.01,
    "Adagrad": 0.01,
    "Rprop": 0.01,
    "Adamax": 0.01,
    "RMSprop": 0.1,
    "Adadelta": 0.00316 * 0.01,
}


@pytest.mark.parametrize("name", FIRST_STEPS)
def test_a_first_step_is_as_long_as_the_optimizer_makes_it(
    optimizers: ModuleType, name: str
) -> None:
    w = torch.tensor(START, requires_grad=True)
    optimizer = optimizers.make_optimizer(name, [w], 0.01)
    w.grad = lecture_gradient(w.detach())
    optimizer.step()
    assert START[0] - w[0].item() == pytest.approx(FIRST_STEPS[name], rel=2e-3)


@pytest.mark.parametrize(
    ("by_hand", "torchs", "options"),
    [
        ("momentum_path", "SGD", {"momentum": 0.9, "weight_decay": 0.1}),
        ("momentum_path", "SGD", {"momentum": 0.0}),
        ("adam_path", "Adam", {}),
    ],
)
def test_paths_by_hand_are_torchs_own(
    optimizers: ModuleType, by_hand: str, torchs: str, options: dict[str, float]
) -> None:
    w = torch.tensor(START, requires_grad=True)
    optimizer = getattr(torch.optim, torchs)([w], lr=0.05, **options)
    places = [w.detach().clone()]
    for _ in range(25):
        w.grad = lecture_gradient(w.detach())
        optimizer.step()
        places.append(w.detach().clone())
    path = getattr(optimizers, by_hand)(
        torch.tensor(START), lecture_gradient, 0.05, steps=25, **options
    )
    assert torch.allclose(path, torch.stack(places), atol=1e-5)


def test_every_optimizer_starts_the_same_and_its_own_rate_is_enough(
    optimizers: ModuleType, unit: nn.Module
) -> None:
    rates = optimizers.learning_rates()
    assert tuple(rates) == optimizers.OPTIMIZERS
    runs = optimizers.compare_optimizers(unit, rates, HOURS, PASSED, 31)
    for losses in runs.values():
        assert losses[0] == pytest.approx(0.59374, abs=6e-6)
        assert losses[-1] < 0.24


def test_lbfgs_arrives_in_one_step(optimizers: ModuleType, unit: nn.Module) -> None:
    x, y = torch.arange(1.0, 7.0)[:, None], torch.tensor([0.0, 0, 1, 0, 1, 1])[:, None]
    losses = optimizers.train_lbfgs(unit, nn.BCELoss(), x, y, 3)
    assert losses == pytest.approx([0.71452, 0.41300, 0.41300], abs=1e-5)
