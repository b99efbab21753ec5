"""The references of training_loop and accuracy_check reproduce the figures of the source material.

The first runs are those of a public notebook and of the lecture's slides, from the starts that
their printed losses imply; the last two are a lab's comparison of two criteria.
"""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

torch = pytest.importorskip("torch")

COURSE = Path(__file__).parents[2] / "solutions" / "logistic_regression"

NOTEBOOK_LOSSES = {
    0: """
        1.1835718154907227 1.1715904474258423 1.1599231958389282 1.1485670804977417
        1.1375192403793335 1.1267762184143066 1.116334319114685 1.106189489364624
        1.096337914466858 1.0867751836776733 1.0774964094161987 1.0684970617294312
        1.05977201461792 1.0513163805007935 1.0431244373321533 1.0351910591125488
        1.0275105237960815 1.0200772285461426 1.012885570526123 1.0059294700622559
        0.9992032647132874 0.9927009344100952 0.9864168167114258 0.9803445935249329
        0.9744786620140076 0.9688130617141724
    """,
    445: """
        0.693665087223053 0.6933633089065552 0.6930618286132812 0.6927605271339417
        0.6924594640731812 0.6921584606170654 0.6918576955795288 0.6915572285652161
        0.6912569403648376 0.6909569501876831 0.6906569600105286 0.6903573274612427
        0.6900578141212463 0.6897586584091187 0.689459502696991 0.6891606450080872
        0.6888620257377625 0.6885635852813721 0.6882653832435608 0.6879673004150391
        0.6876693964004517 0.6873718500137329 0.6870744228363037 0.6867771148681641
        0.6864801049232483
    """,
    861: """
        0.5845710635185242 0.5843451619148254 0.5841193795204163 0.5838937759399414
        0.5836683511734009 0.5834430456161499 0.5832178592681885 0.5829929113388062
        0.5827680826187134 0.5825434327125549 0.5823189616203308 0.582094669342041
        0.5818704962730408 0.5816464424133301 0.5814225077629089 0.5811988115310669
        0.5809752345085144 0.5807518362998962 0.5805285573005676 0.5803055167198181
        0.5800825357437134 0.5798597931861877 0.5796371698379517 0.5794147253036499
        0.5791923999786377
    """,
}
"""Epoch of the first -> the losses that the notebook prints in full, 76 of 1000."""

SLIDE_LOSSES = [
    1.6369143724441528, 1.6119738817214966, 1.5872894525527954, 1.5628681182861328,
    1.5387169122695923, 1.514843225479126, 1.4912540912628174, 1.467956781387329,
    1.4449583292007446, 1.4222657680511475, 1.3998862504959106,
]  # fmt: skip

HOURS = torch.tensor([[1.0], [2.0], [3.0], [4.0]])
PASSED = torch.tensor([[0.0], [0.0], [1.0], [1.0]])


def reference(exercise: str) -> ModuleType:
    """The solution of an exercise as a module, found by the end of its folder's name."""
    (folder,) = COURSE.glob(f"[0-9][0-9]_{exercise}")
    spec = importlib.util.spec_from_file_location(f"reference_{exercise}", folder / "solution.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


train = reference("training_loop").train
measure = reference("accuracy_check")


def unit(w: float, b: float):
    """One linear unit and the sigmoid, from this start."""
    model = torch.nn.Sequential(torch.nn.Linear(1, 1), torch.nn.Sigmoid())
    with torch.no_grad():
        model[0].weight.fill_(w)
        model[0].bias.fill_(b)
    return model


def run(model, epochs: int, lr: float, x=HOURS, y=PASSED):
    """The losses of full-batch SGD with mean binary cross-entropy."""
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    return train(model, torch.nn.BCELoss(), optimizer, x, y, epochs)


def probability(model, *hours: float) -> list[float]:
    with torch.no_grad():
        return model(torch.tensor(hours, dtype=torch.float32).reshape(-1, 1)).flatten().tolist()


def test_the_notebook_run_is_reproduced_in_all_76_printed_losses():
    model = unit(-0.7049092, 0.99161547)
    losses = run(model, 1000, 0.01)
    printed = {
        first + offset: float(loss)
        for first, text in NOTEBOOK_LOSSES.items()
        for offset, loss in enumerate(text.split())
    }
    assert len(printed) == 76
    assert {epoch: losses[epoch] for epoch in printed} == pytest.approx(printed, abs=1e-6, rel=0)
    assert probability(model, 1, 7) == pytest.approx([0.4925, 0.9180], abs=5e-5)


def test_the_slides_run_is_reproduced_in_its_first_11_epochs():
    losses = run(unit(-0.76751917, -0.31732264), 11, 0.01)
    assert losses == pytest.approx(SLIDE_LOSSES, abs=1e-6, rel=0)


def test_the_worked_example_of_the_statement_is_right():
    model = unit(0.0, 0.0)
    losses = run(model, 7, 0.1)
    expected = [0.69315, 0.67049, 0.65532, 0.64481, 0.63719, 0.63139, 0.62675]
    assert losses == pytest.approx(expected, abs=5e-6, rel=0)
    one_step = unit(0.0, 0.0)
    run(one_step, 1, 0.1)
    assert [one_step[0].weight.item(), one_step[0].bias.item()] == pytest.approx([0.05, 0.0])


def test_after_1000_epochs_two_hours_are_still_predicted_as_a_pass():
    model = unit(0.0, 0.0)
    run(model, 1000, 0.01)
    expected = [0.3712, 0.5400, 0.7000, 0.8227, 0.9733]
    assert probability(model, 1, 2, 3, 4, 7) == pytest.approx(expected, abs=5e-5)
    assert measure.accuracy(model, HOURS, PASSED) == 0.75
    assert measure.predict(model, HOURS).flatten().tolist() == [0, 1, 1, 1]


def test_the_accuracy_probe_gives_8_of_10():
    p = torch.tensor([0.9, 0.8, 0.7, 0.6, 0.5, 0.505, 0.3, 0.1, 0.2, 0.95]).reshape(-1, 1)
    y = torch.tensor([0.0, 1, 1, 1, 1, 1, 0, 0, 0, 1]).reshape(-1, 1)
    share = measure.accuracy(torch.nn.Identity(), p, y)
    assert type(share) is float
    assert share == pytest.approx(0.8)


def lab_data():
    """20 rows from -1 to 0.9, of class 1 above 0.2; built from integers, so that 0.2 is class 0."""
    steps = torch.arange(-10, 10).reshape(-1, 1)
    return steps / 10, (steps > 2).float()


def lab_run(criterion, epochs: int):
    """The lab's loop: batches of 3 in order, lr 2, from w = -5, b = -10."""
    x, y = lab_data()
    model = unit(-5.0, -10.0)
    optimizer = torch.optim.SGD(model.parameters(), lr=2.0)
    for _ in range(epochs):
        for rows, labels in zip(x.split(3), y.split(3), strict=True):
            train(model, criterion, optimizer, rows, labels, 1)
    return model, measure.accuracy(model, x, y)


def test_cross_entropy_brings_the_lab_to_full_accuracy():
    model, share = lab_run(torch.nn.BCELoss(), 100)
    assert share == 1.0
    assert model[0].weight.item() == pytest.approx(14.8594, abs=2e-3)
    assert model[0].bias.item() == pytest.approx(-3.6106, abs=2e-3)


def test_squared_error_leaves_the_lab_where_it_began():
    model, share = lab_run(torch.nn.MSELoss(), 110)
    assert share == pytest.approx(0.65)
    assert model[0].weight.item() == pytest.approx(-4.99, abs=0.02)
