"""The references of `sigmoid_model` and `bce_criterion` reproduce the material's own figures.

The references are trusted: they are run here directly, without a worker.
"""

import math
import runpy
from pathlib import Path
from types import SimpleNamespace

import pytest

torch = pytest.importorskip("torch")

COURSE = Path(__file__).parents[2] / "solutions" / "logistic_regression"
HOURS = torch.tensor([[1.0], [2.0], [3.0], [4.0]])
PASSED = torch.tensor([[0.0], [0.0], [1.0], [1.0]])


@pytest.fixture(autouse=True)
def one_thread():
    """The printed figures come from one CPU thread."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def solution(folder):
    return SimpleNamespace(**runpy.run_path(str(COURSE / folder / "solution.py")))


sigmoid_model = solution("01_sigmoid_model")
criterion = solution("02_bce_criterion").criterion


def column(*values):
    return torch.tensor(values).view(-1, 1)


def started_at(w, b):
    model = sigmoid_model.Model()
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.fill_(w if parameter.dim() == 2 else b)
    return model


def trained(model, lr, epochs):
    """Full-batch SGD on the lecture's four rows; the loss before each update."""
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    losses = []
    for _ in range(epochs):
        loss = criterion(model(HOURS), PASSED)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


def lab_run(loss_of, lr, epochs):
    """The lab's loop: 20 rows in batches of 3, w = -5, b = -10. The model, the epoch of nan."""
    x = (torch.arange(-10, 10) / 10).view(-1, 1)
    y = (x > 0.2).float()
    model = started_at(-5.0, -10.0)
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    for epoch in range(epochs):
        for start in range(0, 20, 3):
            loss = loss_of(model(x[start : start + 3]), y[start : start + 3])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        if any(parameter.isnan().any() for parameter in model.parameters()):
            return model, epoch
    return model, None


def test_sigmoid_of_the_notebooks_linspace():
    printed = "0 1.6655e-34 7.4564e-25 3.3382e-15 1.4945e-05 9.9999e-01 1 1 1 1"
    found = sigmoid_model.sigmoid(torch.linspace(-100, 100, 10)).tolist()
    for value, shown in zip(found, printed.split(), strict=True):
        assert value == pytest.approx(float(shown), rel=1e-4, abs=1e-40)


def test_sigmoid_agrees_with_torch_in_value_and_slope():
    z = torch.linspace(-100, 100, 4001, dtype=torch.float32)
    mine, theirs = z.clone().requires_grad_(), z.double().requires_grad_()
    p, q = sigmoid_model.sigmoid(mine), torch.sigmoid(theirs)
    p.sum().backward()
    q.sum().backward()
    torch.testing.assert_close(p.double(), q, rtol=1e-5, atol=1e-40)
    torch.testing.assert_close(mine.grad.double(), theirs.grad, rtol=1e-5, atol=1e-7)
    assert torch.isfinite(mine.grad).all()


def test_model_with_weight_two_gives_the_catalogues_figures():
    assert started_at(2.0, 0.0)(column(1.0)).item() == pytest.approx(0.8808, abs=5e-5)
    assert torch.sigmoid(started_at(2.0, 0.0)(column(1.0))).item() == pytest.approx(
        0.7070, abs=5e-5
    )


@pytest.mark.parametrize(
    ("label", "guess", "loss"),
    [(1, 0.8, 0.2231), (0, 0.3, 0.3567), (0, 0.7, 1.2040), (1, 0.2, 1.6094), (0.3, 0.6, 0.7947)],
)
def test_criterion_of_a_single_row(label, guess, loss):
    assert criterion(column(guess), column(float(label))).item() == pytest.approx(loss, abs=5e-5)


def test_criterion_of_the_four_rows():
    p, y = column(0.9, 0.2, 0.7, 0.4), column(1.0, 0.0, 1.0, 0.0)
    loss = criterion(p, y)
    assert loss.shape == ()
    assert loss.item() == pytest.approx(0.29900, abs=1e-5)
    assert criterion(torch.cat([p, p]), torch.cat([y, y])).item() == pytest.approx(loss.item())


def test_losses_of_the_slides_table_in_base_ten_are_ours():
    table = [(1.0, 0.2, 0.699), (1.0, 0.8, 0.097), (0.0, 0.1, 0.046), (0.0, 0.9, 1.0)]
    for label, guess, base_ten in table:
        loss = criterion(column(guess), column(label)).item()
        assert loss / math.log(10) == pytest.approx(base_ten, abs=5e-4)


def test_the_slides_first_eleven_losses():
    printed = [
        1.6369143724441528, 1.6119738817214966, 1.5872894525527954, 1.5628681182861328,
        1.5387169122695923, 1.514843225479126, 1.4912540912628174, 1.467956781387329,
        1.4449583292007446, 1.4222657680511475, 1.3998862504959106,
    ]  # fmt: skip
    losses = trained(started_at(-0.76751917, -0.31732264), lr=0.01, epochs=11)
    assert losses == pytest.approx(printed, abs=1e-6)


def test_the_notebooks_probabilities_after_a_thousand_epochs():
    model = started_at(-0.7049092, 0.99161547)
    losses = trained(model, lr=0.01, epochs=1000)
    assert losses[0] == pytest.approx(1.1835718154907227, abs=1e-6)
    assert losses[445] == pytest.approx(0.693665087223053, abs=1e-6)
    probabilities = model(column(1.0, 7.0)).flatten().tolist()
    assert probabilities == pytest.approx([0.4925, 0.9180], abs=5e-5)


def test_the_lab_ends_where_the_material_says():
    model, spoilt = lab_run(criterion, lr=2.0, epochs=100)
    assert spoilt is None
    x = torch.arange(-10, 10).view(-1, 1) / 10
    assert ((model(x) > 0.5) == (x > 0.2)).all()
    end = [parameter.item() for parameter in model.parameters()]
    assert end == pytest.approx([14.8594, -3.6106], abs=1e-3)


def unguarded(p, y):
    return -torch.mean(y * torch.log(p) + (1 - y) * torch.log(1 - p))


def cut_after_the_logarithm(p, y):
    log_p, log_q = torch.log(p).clamp(min=-100), torch.log(1 - p).clamp(min=-100)
    return -torch.mean(y * log_p + (1 - y) * log_q)


@pytest.mark.parametrize(("lr", "epoch"), [(10.0, 81), (20.0, 1)])
def test_where_the_lab_meets_nan_and_the_reference_does_not(lr, epoch):
    """Cutting the logarithm keeps the loss finite, but not its gradient: no later, no better."""
    assert lab_run(unguarded, lr, epochs=100)[1] == epoch
    assert lab_run(cut_after_the_logarithm, lr, epochs=100)[1] == epoch
    assert lab_run(criterion, lr, epochs=epoch + 5)[1] is None


def test_certainty_costs_nothing_where_it_is_right_and_stays_finite_where_it_is_wrong():
    p = column(1.0, 0.0, 1.0, 0.0).requires_grad_()
    loss = criterion(p, column(1.0, 0.0, 0.0, 1.0))
    loss.backward()
    assert torch.isfinite(loss)
    assert torch.isfinite(p.grad).all()
    assert 0 <= criterion(column(1.0, 0.0), column(1.0, 0.0)).item() < 1e-6
