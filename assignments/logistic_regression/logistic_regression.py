# %% [markdown]
# # Logistic regression
#
# Each exercise has a statement and a cell for your code. Replace `raise NotImplementedError()` by
# your own code, save, and run `autograder check` in this folder.
#
# The exercises don't need each other: do them in any order. Names and arguments are given; how you
# get there is yours to choose.


# %% [markdown]
# ## 1. The logistic function and model
#
# *About 20 minutes, 10 points: 7 for checks that you can run, 3 for hidden ones.* You write `sigmoid(z)`, `Model(n_inputs=1)`.
#
# A student has studied for $x$ hours. Will she pass? A straight line $z = xw + b$ answers with any
# number at all: $-3$, $0.4$, $17$. What we want is a probability, something between 0 and 1. The
# logistic function (the *sigmoid*) bends the line into that range:
#
# $$\sigma(z) = \frac{1}{1 + e^{-z}} \qquad\qquad \hat{y} = \sigma(xw + b)$$
#
# - $z$ is the score, a real number: the further above 0, the surer a pass;
# - $w$, the weight, says how fast the score rises with each hour, and $b$, the bias, where it starts;
# - $\hat{y}$ is the probability that the model gives to class 1. Even odds, $\hat{y} = 0.5$, are at $z = 0$.
#
# **By numbers.** Take $w = 2$ and $b = -3$. After 1 hour $z = 2 \cdot 1 - 3 = -1$, and
# $\sigma(-1) = 1 / (1 + e^{1}) = 1 / 3.7183 = 0.2689$: probably a fail. After 2 hours $z = 1$ and
# $\sigma(1) = 1 / (1 + e^{-1}) = 1 / 1.3679 = 0.7311$. The two add up to 1, since
# $\sigma(-z) = 1 - \sigma(z)$. The slope is $\sigma'(z) = \sigma(z)\,(1 - \sigma(z))$: at $z = 0$ it is
# $0.25$, the steepest point.
#
# ### What to write
#
# 1. `sigmoid(z)`: the logistic function of a float tensor of any shape, as a tensor of that shape,
#    **by hand**: built from `torch.exp`.
#    It has to be right and finite from $z = -100$ to $z = 100$, and so does the gradient that autograd
#    finds for it. Mind that `float32` ends near $3.4 \cdot 10^{38}$ while $e^{100}$ is about
#    $2.7 \cdot 10^{43}$. Where a number becomes `inf`, the forward value can still come out right by
#    luck; the backward pass then meets $0 \cdot \infty$, which is `nan`.
# 2. `Model(n_inputs=1)`: an `nn.Module` with **one** linear unit (a weight for each input, one bias)
#    and the logistic function on top. It takes `x` of shape `(N, n_inputs)` and returns shape
#    `(N, 1)`: one probability a row. Here you may use any sigmoid, torch's or your own.
#
# Call the model as `model(x)`, not `model.forward(x)`. In older texts you will meet `Variable` and
# `F.sigmoid`; a tensor has needed no wrapper since PyTorch 0.4, and the spelling of today is
# `torch.sigmoid`. And where a slide speaks of two `nn.Linear` modules, this model needs only one.
#
# ### What is judged
#
# - The values and slopes of `sigmoid`, near 0 and far from it, for tensors of several shapes.
# - **By hand**: what torch computes while your `sigmoid` runs is noted. A ready-made one
#   (`torch.sigmoid`, `nn.Sigmoid`, `F.logsigmoid`, `F.softplus`, `torch.special.expit`), `softmax`, or
#   `tanh`, which is the same curve rescaled, costs the point of `sigmoid_is_written_by_hand` and no
#   other, whatever name you call it by.
# - `Model` on its own, whatever became of your `sigmoid`: that an optimizer finds its parameters, the
#   shape and values of what it returns, that a gradient reaches the weight and the bias, that it takes
#   several inputs, and that it makes no tensor on a device of its own choosing: a model that was moved
#   to a GPU has to run there as it stands.
# - How you name things, what else you define or print, and how the weights start is yours to choose.


# %% sigmoid_model
import torch
from torch import nn


def sigmoid(z):
    """Return 1 / (1 + exp(-z)), element by element.

    z: float tensor of any shape. Returns a tensor of the same shape, each entry in [0, 1].
    Value and slope are right and finite for z from -100 to 100.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


class Model(nn.Module):
    """Logistic regression: one linear unit, then the logistic function.

    Takes x of shape (N, n_inputs) and returns N probabilities in shape (N, 1).
    """

    def __init__(self, n_inputs=1):
        # YOUR CODE HERE
        raise NotImplementedError()

    def forward(self, x):
        # YOUR CODE HERE
        raise NotImplementedError()


# %% show sigmoid_model
if __name__ == "__main__":
    import torch


    def show_sigmoid(sigmoid):
        """The curve from z = -8 to 8, and its gradient."""
        import matplotlib.pyplot as plt

        z = torch.linspace(-8, 8, 161, requires_grad=True)
        p = sigmoid(z)
        (slope,) = torch.autograd.grad(p.sum(), z)
        _, axes = plt.subplots()
        axes.plot(z.tolist(), p.tolist(), label="sigmoid(z)")
        axes.plot(z.tolist(), slope.tolist(), "--", label="its slope")
        axes.axhline(0.5, color="grey", linewidth=0.5)
        axes.set(xlabel="z", ylabel="probability of class 1")
        axes.legend()
        plt.show()


    try:
        show_sigmoid(sigmoid)
    except Exception as error:
        print(
            f"There is nothing to draw until `sigmoid` works: {type(error).__name__} {error}".rstrip()
        )


# %% [markdown]
# ## 2. The manual BCE criterion
#
# *About 20 minutes, 10 points: 7 for checks that you can run, 3 for hidden ones.* You write `criterion(y_hat, y)`.
#
# The model says: "80 % sure that she passes". She does. How good a guess was that? *Binary
# cross-entropy* (BCE) charges a guess by the probability that it gave to what really happened, and the
# charge is minus the logarithm of it. Sure and right costs nearly nothing, sure and wrong costs a lot:
#
# $$\text{loss} = -\frac{1}{N} \sum_{n=1}^{N} \Big[\, y_n \ln \hat{y}_n + (1 - y_n) \ln(1 - \hat{y}_n) \,\Big]$$
#
# - $N$ is the number of rows in the batch, $n$ counts them;
# - $y_n$ is the label of row $n$: 1 for a pass, 0 for a fail (or something between, a *soft label*:
#   $0.3$ says that three in ten pass);
# - $\hat{y}_n$ is the probability of class 1 that the model predicts for that row;
# - $\ln$ is the natural logarithm, `torch.log`.
#
# The minus sign and the mean belong to **both** terms: mind the bracket, which some slides leave out.
#
# **By numbers.** Four rows, with $y = (1, 0, 1, 0)$ and $\hat{y} = (0.9, 0.2, 0.7, 0.4)$. Of the two
# terms only one is left in each row:
#
# | $y$ | $\hat{y}$ | cost of the row | |
# |---|---|---|---|
# | 1 | 0.9 | $-\ln 0.9$ | 0.1054 |
# | 0 | 0.2 | $-\ln (1 - 0.2)$ | 0.2231 |
# | 1 | 0.7 | $-\ln 0.7$ | 0.3567 |
# | 0 | 0.4 | $-\ln (1 - 0.4)$ | 0.5108 |
#
# The mean is $1.1960 / 4 = 0.2990$. And where the model is wrong: $y = 0$ with $\hat{y} = 0.7$ costs
# $1.2040$, $y = 1$ with $\hat{y} = 0.2$ costs $1.6094$. (You may meet a table with the losses 0.7, 0.1,
# 0.05 and 1 for 0.2, 0.8, 0.1 and 0.9: those are base-10 logarithms. Multiply by $\ln 10 = 2.3026$ and
# you have ours, but for rounding.)
#
# ### What to write
#
# `criterion(y_hat, y)`: the formula **by hand**. Both arguments are float tensors of shape `(N, 1)`, for
# any $N$ from 1 up. It returns one number: a tensor without dimensions, from which `backward()` can
# start.
#
# **Where the model is certain.** A sigmoid in `float32` reaches exactly 1 near $z = 17$. The formula then
# asks for $0 \cdot \ln 0$, and the computer answers $0 \cdot (-\infty)$, which is `nan`; one `nan` in a
# gradient and every weight is gone. So your loss has to stay a number where $\hat{y}$ is exactly 0 or 1:
# about 0 where that is right, large but finite where it is wrong, never below 0. So has its gradient.
# The second is the harder half: the slope of $\ln$ at 0 is infinite, so that a repair *after* the
# logarithm comes too late for backward. Any honest guard will do, if it moves a probability by no more
# than about $10^{-7}$. (`nn.BCELoss` cuts its logarithms at $-100$, and can, because its backward is
# written by hand, too.)
#
# ### What is judged
#
# - The loss on batches of several sizes, with hard and with soft labels, and its gradient.
# - Certainty, in checks of its own: the loss there, the gradient there, and that your guard leaves
#   honest guesses as they are.
# - **By hand**: what torch computes while `criterion` runs is noted. A ready-made loss (`nn.BCELoss`,
#   `F.binary_cross_entropy`, either of them `with_logits`, `cross_entropy`, `nll_loss`, `kl_div`,
#   `Bernoulli(...).log_prob` or the like) costs the 3 points of `is_written_by_hand`, and no others.
#
# Today's way with the ready-made one is `nn.BCELoss()`, or better `nn.BCEWithLogitsLoss()` on $z$
# itself, with `loss.item()` for the number. `size_average=True` and `loss.data[0]` are from before
# PyTorch 0.4: the first still works, with a warning, the second no longer does.


# %% bce_criterion
import torch


def criterion(y_hat, y):
    """Return -1/N sum of [y ln(y_hat) + (1 - y) ln(1 - y_hat)], in nats.

    y_hat: probabilities in [0, 1], shape (N, 1). y: labels 0 or 1, or probabilities (soft
    labels), shape (N, 1). Returns a tensor without dimensions that can be differentiated with
    respect to y_hat; finite, and so is its gradient, where y_hat is exactly 0 or 1.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


# %% show bce_criterion
if __name__ == "__main__":
    import torch


    def show_criterion(criterion):
        """The loss of one row against the predicted probability, between 0 and 1."""
        import matplotlib.pyplot as plt

        guesses = [step / 500 for step in range(1, 500)]
        _, axes = plt.subplots()
        for label in (0.0, 1.0):
            y = torch.tensor([[label]])
            losses = [float(criterion(torch.tensor([[p]]), y)) for p in guesses]
            axes.plot(guesses, losses, label=f"label {label:.0f}")
        axes.set(xlabel="predicted probability of class 1", ylabel="loss", ylim=(0, 6))
        axes.legend()
        plt.show()


    try:
        show_criterion(criterion)
    except Exception as error:
        print(
            f"There is nothing to draw until `criterion` works: {type(error).__name__} {error}".rstrip()
        )


# %% [markdown]
# ## 3. The training loop
#
# *About 20 minutes, 15 points: 8 for checks that you can run, 7 for hidden ones.* You write `train(model, criterion, optimizer, x, y, epochs)`.
#
# A model with random weights guesses badly. Training makes it better in small steps, and every step is
# the same four moves. One round of them over the whole data (the *full batch*) is an **epoch**:
#
# 1. **forward**: let the model guess, $\hat{y} = \text{model}(x)$;
# 2. **loss**: let the criterion say how bad the guess is, $L = \text{criterion}(\hat{y}, y)$, and note the number;
# 3. **backward**: let autograd find the slopes $\partial L/\partial w$ and $\partial L/\partial b$, which it
#    *adds* to what each parameter's `.grad` holds already, so that has to be emptied once in each epoch;
# 4. **update**: let the optimizer move each weight against its slope. Plain gradient descent (SGD) with the
#    learning rate $\eta$ does
#
# $$w \leftarrow w - \eta \, \frac{\partial L}{\partial w} \qquad\qquad b \leftarrow b - \eta \, \frac{\partial L}{\partial b}$$
#
# For one linear unit with the sigmoid and mean binary cross-entropy the slopes are short:
#
# $$\frac{\partial L}{\partial w} = \frac{1}{N} \sum_{n=1}^{N} (\hat{y}_n - y_n)\, x_n \qquad\qquad \frac{\partial L}{\partial b} = \frac{1}{N} \sum_{n=1}^{N} (\hat{y}_n - y_n)$$
#
# **By numbers.** Hours $x = 1, 2, 3, 4$, labels $y = 0, 0, 1, 1$, start at $w = b = 0$, $\eta = 0.1$.
#
# | move | by hand |
# |---|---|
# | forward | every score is 0, so every guess is $\sigma(0) = 0.5$ |
# | loss | every row costs $-\ln 0.5$, so $L = 0.69315$: the first number in the list |
# | backward | $\partial L/\partial w = (0.5 \cdot 1 + 0.5 \cdot 2 - 0.5 \cdot 3 - 0.5 \cdot 4)/4 = -0.5$ and $\partial L/\partial b = (0.5 + 0.5 - 0.5 - 0.5)/4 = 0$ |
# | update | $w = 0 - 0.1 \cdot (-0.5) = 0.05$ and $b = 0 - 0.1 \cdot 0 = 0$ |
#
# The next epoch starts at $w = 0.05$ and finds the loss $0.67049$, then $0.65532$, $0.64481$, $0.63719$, …
#
# ### What to write
#
# `train(model, criterion, optimizer, x, y, epochs)`
#
# - `x` has the shape `(N, n_inputs)`, `y` and `model(x)` have `(N, 1)`, all float; `criterion(y_hat, y)`
#   gives a tensor of one number; `optimizer` holds the parameters of `model`.
# - Train *this* model with *this* criterion and *this* optimizer, for `epochs` full-batch epochs, one
#   update each. `epochs` may be 0: then nothing moves.
# - Return a list of `epochs` Python floats: the loss of each epoch **before** its update.
# - Leave everything else as you found it: `x`, `y`, the model's training mode, `requires_grad`, the
#   optimizer's settings.
#
# A tensor becomes a Python number with `loss.item()`. Older texts write `loss.data[0]`, which raises an
# error today, wrap data in `Variable`, which is no longer needed, and call `model.forward(x)`: write `model(x)`.
#
# ### What is judged
#
# - Where one step and several epochs bring the weights, and every loss on the way, from starts that are
#   fixed. A high accuracy proves little: some broken loops reach 1.0 as well.
# - Other data, criteria, models (some behave differently in training mode) and optimizers: SGD with and
#   without momentum, Adam. An optimizer that asks for a closure, such as LBFGS, is not needed here.
# - How far loss and accuracy get in 40 epochs, against the reference; part of the way earns part of the points.
# - Not your own `Model` or `criterion`: those that are used here are the grader's.
#
# ### When it works
#
# The lecture trains for 1000 epochs at $\eta = 0.01$ and then asks about 1 hour and 7 hours only, which
# come out right. Ask about 2 hours, too. From $w = b = 0$ such a run ends at $\hat{y}(1) = 0.371$,
# $\hat{y}(2) = 0.540$, $\hat{y}(3) = 0.700$ and $\hat{y}(7) = 0.973$: someone who failed after 2 hours is
# still predicted to pass, and the accuracy is 0.75. That is no mistake of yours: the loop has not arrived
# yet. It takes about 700 to 2300 epochs, depending on the start.


# %% training_loop
def train(model, criterion, optimizer, x, y, epochs):
    """Train `model` on the whole batch `x`, `y`, `epochs` times over.

    model: nn.Module, maps x to probabilities of shape (N, 1); trained in place
    criterion: callable, criterion(y_hat, y) is the loss as a 0-dim tensor
    optimizer: torch.optim.Optimizer that holds the parameters of `model`
    x: float tensor of shape (N, n_inputs)
    y: float tensor of shape (N, 1), of zeros and ones
    epochs: int, 0 or more
    returns: list of `epochs` Python floats, each epoch's loss before its update
    """
    # YOUR CODE HERE
    raise NotImplementedError()


# %% show training_loop
if __name__ == "__main__":
    import torch
    from torch import nn

    HOURS = torch.tensor([[1.0], [2.0], [3.0], [4.0]])
    PASSED = torch.tensor([[0.0], [0.0], [1.0], [1.0]])


    def descend(w, b, epochs, learning_rate):
        """The path from (w, b) by the statement's formulas for the slopes: losses, last w, last b."""
        x, y = HOURS.double(), PASSED.double()
        losses = []
        for _ in range(epochs):
            p = 1 / (1 + torch.exp(-(w * x + b)))
            losses.append(-torch.where(y == 1, p, 1 - p).log().mean().item())
            w -= learning_rate * ((p - y) * x).mean().item()
            b -= learning_rate * (p - y).mean().item()
        return losses, w, b


    def parting(losses, path):
        """The first epoch whose loss is not that of gradient descent; None if all are."""
        for epoch, loss in enumerate(path):
            if epoch >= len(losses) or not abs(losses[epoch] - loss) < 1e-5:
                return epoch
        return None


    def show_training(train, epochs=1000, learning_rate=0.01):
        """Train a fresh model on the four students with `train`, then plot the run and the fit."""
        import matplotlib.pyplot as plt

        torch.manual_seed(6)
        model = nn.Sequential(nn.Linear(1, 1), nn.Sigmoid())
        start = model[0].weight.item(), model[0].bias.item()
        optimizer = torch.optim.SGD(model.parameters(), lr=learning_rate)
        yours = train(model, nn.BCELoss(), optimizer, HOURS.clone(), PASSED.clone(), epochs)
        losses = [torch.as_tensor(loss).item() for loss in yours]
        path, w, b = descend(*start, epochs, learning_rate)

        probes = torch.tensor([[1.0], [2.0], [3.0], [7.0]])
        grid = torch.linspace(0, 8, 161).reshape(-1, 1)
        with torch.no_grad():
            for hour, p in zip(probes, model(probes), strict=True):
                print(f"{hour.item():.0f} h: p = {p.item():.3f}, {'pass' if p > 0.5 else 'fail'}")
            curve = model(grid)

        apart = parting(losses, path)
        paths = "one path" if apart is None else f"apart from epoch {apart} on"

        _, (left, right) = plt.subplots(1, 2, figsize=(10, 4), layout="constrained")
        wide = {"color": "orange", "linewidth": 6, "alpha": 0.5, "label": "gradient descent"}
        left.plot(path, **wide)
        left.plot(losses, label="your loop")
        left.set(xlabel="epoch", ylabel="loss before the update", title=f"From the same start: {paths}")
        left.legend()
        right.plot(grid.flatten().tolist(), torch.sigmoid(grid * w + b).flatten().tolist(), **wide)
        right.plot(grid.flatten().tolist(), curve.flatten().tolist(), label="your loop")
        right.plot(HOURS.flatten().tolist(), PASSED.flatten().tolist(), "ko", label="the four students")
        right.axhline(0.5, color="grey", linewidth=0.5)
        right.set(xlabel="hours", ylabel="probability of passing", title=f"After {epochs} epochs")
        right.legend()
        plt.show()


    try:
        show_training(train)
    except Exception as error:
        print(f"There is nothing to draw until `train` works: {type(error).__name__} {error}".rstrip())


# %% [markdown]
# ## 4. Prediction and accuracy
#
# *About 10 minutes, 10 points: 6 for checks that you can run, 4 for hidden ones.* You write `predict(model, x)`, `accuracy(model, x, y)`.
#
# The model answers with a probability. Whoever asks wants a decision, pass or fail, and wants to know how
# often such a decision is right. Both are one line of mathematics:
#
# $$c(\hat{y}) = \begin{cases} 1 & \hat{y} > 0.5 \\ 0 & \text{otherwise} \end{cases} \qquad\qquad
# \text{accuracy} = \frac{\text{number of rows } n \text{ with } c(\hat{y}_n) = y_n}{N}$$
#
# - $\hat{y}_n$ is the probability of class 1 that the model gives to row $n$, and $c$ the class that is made of it;
# - $y_n$ is the label, 0 or 1, and $N$ the number of rows.
#
# Even odds need a rule as well: exactly $0.5$ is class 0, since it is not above one half. A probability of
# one half belongs to the score $z = 0$, so on the scale of scores the border is 0, not 0.5.
#
# **By numbers.** Five rows:
#
# | $\hat{y}$ | 0.9 | 0.5 | 0.505 | 0.3 | 0.7 |
# |---|---|---|---|---|---|
# | class | 1 | 0 | 1 | 0 | 1 |
# | $y$ | 1 | 1 | 1 | 0 | 0 |
# | right? | yes | no | yes | yes | no |
#
# Three of five are right: the accuracy is $3/5 = 0.6$; not 3, and not 60.
#
# ### What to write
#
# 1. `predict(model, x)`: `x` has the shape `(N, n_inputs)`; `model(x)` gives **probabilities** of shape
#    `(N, 1)`. Return a tensor with the class of each row, in that same shape. Zeros and ones may be
#    floats, integers or booleans.
# 2. `accuracy(model, x, y)`: `y` has the shape `(N, 1)` and holds zeros and ones as floats; there is at
#    least one row. Return the share of rows that are right, as a Python float from 0 to 1.
#
# Two things to mind:
#
# - A tensor of shape `(N,)` compared with one of shape `(N, 1)` raises no error: torch stretches both and
#   compares every row with every label, $N \times N$ answers. When a share looks odd, print shapes.
# - Measuring changes nothing. After both functions the model has the parameters, the gradients, the
#   `requires_grad` and the mode (training or evaluation) that it came with, whichever these were. And what
#   you build in between lives where the model and the data live, on a GPU too: `.type(torch.FloatTensor)`
#   and its relatives, which older notebooks are full of, quietly move a tensor to the CPU.
#
# ### What is judged
#
# - The classes, at even odds and around it too, and the shares, for batches from 1 to 300 rows.
# - That the share is a plain number (`.item()` turns a tensor of one entry into one), and the two things
#   to mind above.
# - `accuracy` by itself, whatever became of `predict`, and both with the grader's models, not with yours.


# %% accuracy_check
import torch


def predict(model, x):
    """The class of each row: 1 where the probability is above one half, else 0.

    model: nn.Module, maps x to probabilities of shape (N, 1); left as it is
    x: float tensor of shape (N, n_inputs)
    returns: tensor of zeros and ones, of shape (N, 1)
    """
    # YOUR CODE HERE
    raise NotImplementedError()


def accuracy(model, x, y):
    """The share of the N rows of `x` whose predicted class is the label in `y`.

    model: nn.Module, as for predict
    x: float tensor of shape (N, n_inputs), N at least 1
    y: float tensor of shape (N, 1), of zeros and ones
    returns: Python float from 0 to 1
    """
    # YOUR CODE HERE
    raise NotImplementedError()


# %% show accuracy_check
if __name__ == "__main__":
    import torch
    from torch import nn


    def show_decisions(predict, accuracy):
        """The model that 1000 epochs at learning rate 0.01 make from w = b = 0, and its decisions."""
        import matplotlib.pyplot as plt

        hours = torch.tensor([[1.0], [2.0], [3.0], [4.0]])
        passed = torch.tensor([[0.0], [0.0], [1.0], [1.0]])
        model = nn.Sequential(nn.Linear(1, 1), nn.Sigmoid())
        with torch.no_grad():
            model[0].weight.fill_(0.6872)
            model[0].bias.fill_(-1.2141)
        share = accuracy(model, hours, passed)
        right = (predict(model, hours).reshape(-1) > 0.5) == (passed.reshape(-1) > 0.5)
        grid = torch.linspace(0, 8, 801).reshape(-1, 1)
        with torch.no_grad():
            curve = model(grid)

        plt.plot(grid.flatten().tolist(), curve.flatten().tolist(), label="fitted probability")
        decisions = predict(model, grid).reshape(-1).tolist()
        plt.plot(grid.flatten().tolist(), decisions, "--", label="your decision")
        for is_right, marker, label in ((True, "o", "judged rightly"), (False, "x", "judged wrongly")):
            chosen = right == is_right
            plt.plot(hours[chosen].tolist(), passed[chosen].tolist(), marker, markersize=9, label=label)
        plt.axhline(0.5, color="grey", linewidth=0.5)
        plt.xlabel("hours")
        plt.ylabel("probability of passing")
        plt.title(f"Accuracy on the four students: {share:.2f}")
        plt.legend()
        plt.show()


    try:
        show_decisions(predict, accuracy)
    except Exception as error:
        reason = f"{type(error).__name__} {error}".rstrip()
        print(f"There is nothing to draw until `predict` and `accuracy` work: {reason}")


# %% [markdown]
# ## 5. Exercise 6-1: other activations
#
# *About 40 minutes, 14 points: 7 for checks that you can run, 7 for hidden ones.* You write `activation(name)`, `verdict(name)`, `tanh_probability(z)`, `cross_entropy_floor(low, high)`, `HiddenModel(name, n_hidden=8)`, `compare_activations(names, x, y, epochs, lr, seed)`.
#
# **Exercise 6-1 of the lecture, first half: try other activation functions.** The lecture uses one, the
# sigmoid, in one place, the output. There are two places, and what suits one is often wrong in the other.
#
# 1. **The output, before BCE.** The loss takes $\ln p$ and $\ln(1-p)$, so $p$ has to lie strictly between
#    0 and 1 and has to move whenever the score $z$ moves.
# 2. **A hidden layer.** Two linear layers in a row are one linear layer. Something bent between them is what
#    lets a model draw more than a straight line; its range hardly matters.
#
# **The output, by numbers.** Send $z$ from $-10$ to $10$ through a function, as one column of numbers (one
# unit, one number a row; `Softmax2d` wants images, so `(N, 1, 1, 1)`), and look at what comes out. The first
# word of this list that is true is its verdict:
#
# | word | what comes out | then BCE |
# |---|---|---|
# | `"constant"` | the same number for every $z$ | learns nothing |
# | `"below zero"` | somewhere a number under 0 | raises an error; by hand, $\ln$ of it is nan |
# | `"above one"` | somewhere a number over 1 | the same, through $1-p$ |
# | `"flat"` | inside $[0, 1]$, but exactly 0 or 1 over whole stretches | $\ln 0$, and no slope to learn from |
# | `"probability"` | strictly between 0 and 1, rising everywhere | works |
#
# ReLU gives $0$ for $z=-10$ and $10$ for $z=10$: `"above one"`. Sigmoid gives $0.00005$ and $0.99995$:
# `"probability"`. One that fails can be moved: $\tanh z = \frac{e^z - e^{-z}}{e^z + e^{-z}}$ lives in
# $(-1, 1)$, with $\tanh 1 = 0.7616$; moved onto $(0, 1)$ that becomes $0.8808$.
#
# **The hidden layer, by numbers.** With $W_1 = \begin{pmatrix} 1 & 1 \\ -1 & -1 \end{pmatrix}$, $b_1 = (0, 0)$,
# LeakyReLU (slope 0.01 below 0), $W_2 = (2, 2)$, $b_2 = -1$, the row $x = (1, 1)$ gives scores $(2, -2)$, after
# LeakyReLU $(2, -0.02)$, then $2 \cdot 2 - 2 \cdot 0.02 - 1 = 2.96$ and $p = \sigma(2.96) = 0.9507$. The row
# $(1, -1)$ gives $p = \sigma(-1) = 0.2689$. So "same sign or not?" is answered, which no straight line can do:
# the best that one linear unit reaches there is $p = 0.5$ for every row, a loss of $\ln 2 = 0.6931$.
#
# **A trap with two outputs.** `CrossEntropyLoss` applies log-softmax itself: with the outputs $o_1$ (right) and
# $o_2$ (wrong) a row costs $-\ln \frac{e^{o_1}}{e^{o_1} + e^{o_2}}$. If the outputs were squashed into $[a, b]$ before,
# that can't fall to 0. For $[0, 3]$ it stops at $0.0486$. Where does it stop after a sigmoid, and after tanh?
#
# ### What to write (about 40 minutes)
#
# - `activation(name)`: a new layer for each of the twenty names in `ACTIVATIONS`, as torch makes it. `Threshold`:
#   0.1 and 0. `Softmin`, `Softmax`, `LogSoftmax`: over the last dimension. Any other name: `ValueError`.
# - `verdict(name)`: one of the five words, measured or known.
# - `tanh_probability(z)`: tanh moved onto $(0, 1)$, for a tensor of any shape.
# - `cross_entropy_floor(low, high)`: the least loss of the trap above, a float.
# - `HiddenModel(name, n_hidden=8)`: an `nn.Module`, `nn.Linear` from 2 inputs to `n_hidden`, the activation,
#   `nn.Linear` to 1, sigmoid: `(N, 2)` to `(N, 1)`. Each of the twenty must work; for `Softmax2d`, which expects
#   `(N, C, H, W)`, let the hidden units be the channels of images of one pixel. `PReLU` has a slope to learn: it is
#   a parameter of that model, and of no other.
# - `compare_activations(names, x, y, epochs, lr, seed)`: for each name call `torch.manual_seed(seed)`, build
#   `HiddenModel(name)` and train it with `torch.optim.Adam(..., lr=lr)` on the mean BCE of all rows. Return
#   `{name: losses}`, `epochs` floats each, every loss taken before its update.
#
# ### What is judged
#
# Values, for every name (part of the names, part of the points); that all runs have one start line, whatever ran
# before; that the runs are the training described; and that your `HiddenModel`, trained from weights of ours for
# 25 epochs (Adam, 0.1) on 16 rows of "same sign or not?", reaches a loss of at most 0.20 and an accuracy of at least 0.95 with
# ReLU, PReLU, Tanh and Softplus. From there, not from luck: with random weights ReLU sometimes gets stuck near 0.35.
# Attribute names, helpers and style are yours.


# %% activations
import math

import torch
from torch import nn

# Ten from the exercise's slide, nine from the backup slide, and one that torch has gained since.
ACTIVATIONS = (
    "ReLU", "ReLU6", "ELU", "SELU", "PReLU", "LeakyReLU", "Threshold", "Hardtanh", "Sigmoid",
    "Tanh", "LogSigmoid", "Softplus", "Softshrink", "Softsign", "Tanhshrink", "Softmin", "Softmax",
    "Softmax2d", "LogSoftmax", "Hardsigmoid",
)


def activation(name):
    """A new layer of the activation called `name`; ValueError for a name not in ACTIVATIONS.

    Threshold: what is not above 0.1 becomes 0. Softmin, Softmax and LogSoftmax: over the last
    dimension.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


def verdict(name):
    """One of the statement's five words: what BCE would get if `name` were one unit's output."""
    # YOUR CODE HERE
    raise NotImplementedError()


def tanh_probability(z):
    """tanh moved from (-1, 1) onto (0, 1); a tensor of any shape to one of the same shape."""
    # YOUR CODE HERE
    raise NotImplementedError()


def cross_entropy_floor(low, high):
    """The least CrossEntropyLoss of two outputs that both must lie in [low, high]; a float."""
    # YOUR CODE HERE
    raise NotImplementedError()


class HiddenModel(nn.Module):
    """(N, 2) -> n_hidden units -> the activation `name` -> one unit -> sigmoid: (N, 1)."""

    def __init__(self, name, n_hidden=8):
        super().__init__()
        # YOUR CODE HERE
        raise NotImplementedError()

    def forward(self, x):
        # YOUR CODE HERE
        raise NotImplementedError()


def compare_activations(names, x, y, epochs, lr, seed):
    """Train a HiddenModel a name, each from the start that `seed` gives; {name: [losses]}.

    x: (N, 2), y: (N, 1) of 0 and 1. Adam, mean BCE, full batch; `epochs` losses, each taken
    before its update.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


# %% show activations
if __name__ == "__main__":
    import torch


    def show_activations(compare, names, epochs=60):
        """Train a hidden layer of each kind on the grid with `compare`, and plot loss by epoch."""
        import matplotlib.pyplot as plt

        ticks = torch.tensor([-1.0, -0.5, 0.5, 1.0])
        x = torch.cartesian_prod(ticks, ticks)
        y = (x[:, :1] * x[:, 1:] > 0).float()
        runs = compare(names, x, y, epochs, 0.1, 1)

        _, axes = plt.subplots(1, 2, figsize=(11, 4), sharey=True, layout="constrained")
        for number, (name, losses) in enumerate(runs.items()):
            axes[number * 2 // len(runs)].plot(losses, label=f"{name}, {losses[-1]:.3f}")
        for axis in axes:
            axis.axhline(0.6931, color="grey", linewidth=0.5)
            axis.set(xlabel="epoch")
            axis.legend(title="hidden layer, last loss")
        axes[0].set(ylabel="loss before the update", title="Five activations from one seed")
        axes[1].set(title="Five more")
        plt.show()


    try:
        show_activations(compare_activations, ACTIVATIONS[:10])
    except Exception as error:
        reason = f"{type(error).__name__} {error}".rstrip()
        print(f"There is nothing to draw until `compare_activations` works: {reason}")


# %% [markdown]
# ## 6. Exercise 6-1: other optimizers
#
# *About 45 minutes, 15 points: 11 for checks that you can run, 4 for hidden ones.* You write `make_optimizer(name, params, lr)`, `momentum_path(w, grad, lr, momentum, steps, weight_decay=0.0)`, `adam_path(w, grad, lr, steps, beta1=0.9, beta2=0.999, eps=1e-8)`, `train_lbfgs(model, criterion, x, y, steps)`, `asgd_average(optimizer)`, `compare_optimizers(model, rates, x, y, epochs)`, `learning_rates()`.
#
# **Exercise 6-1 of the lecture, second half: try other optimizers.** All of them get the same gradient $g$. They
# differ in what they remember of earlier ones, and so in how far a learning rate $\eta$ carries them.
#
# **SGD with momentum** keeps a velocity $v$ (at first 0), of which the fraction $\mu$ survives each step; torch does
# not damp the new gradient, and weight decay $\lambda$ is simply a part of it:
#
# $$g \leftarrow g + \lambda w \qquad v \leftarrow \mu v + g \qquad w \leftarrow w - \eta v$$
#
# For the loss $w^2/2$ the gradient is $w$ itself. From $w = 1$ with $\eta = 0.1$, $\mu = 0.9$, $\lambda = 0$:
# $v = 1$, $w = 0.9$; then $v = 0.9 \cdot 1 + 0.9 = 1.8$, $w = 0.72$; then $v = 2.34$, $w = 0.486$.
#
# **Adam** keeps a mean $m$ of gradients and a mean $s$ of their squares (both at first 0). Both are too small in the
# first steps, so step $t = 1, 2, \dots$ corrects them before it uses them:
#
# $$m \leftarrow \beta_1 m + (1-\beta_1) g \qquad s \leftarrow \beta_2 s + (1-\beta_2) g^2 \qquad
# w \leftarrow w - \eta\, \frac{m / (1-\beta_1^t)}{\sqrt{s / (1-\beta_2^t)} + \epsilon}$$
#
# The first step is $\eta \cdot g / |g|$: as long as $\eta$, whatever the gradient. From $w = 1$ with $\eta = 0.1$: $w = 0.9$.
# Then $m = 0.09 + 0.09 = 0.18$, corrected $0.94737$; $s = 0.000999 + 0.00081 = 0.001809$, corrected $0.90495$;
# $0.94737 / \sqrt{0.90495} = 0.99588$, and $w = 0.9 - 0.099588 = 0.80041$.
#
# **How long is a step of "0.01"?** On the lecture's data ($x = 1, 2, 3, 4$, $y = 0, 0, 1, 1$) from $w = 0.5$,
# $b = -0.25$ at $\eta = 0.01$, the first step of $w$ is $0.0017$ for SGD ($\eta g$), $0.0100$ for Adam, Adagrad and Rprop
# ($\eta$), $0.1000$ for RMSprop ($10\,\eta$) and $0.00003$ for Adadelta. One learning rate for all compares nothing.
#
# **LBFGS** tries several places in one step, so it wants a function, the *closure*, that clears the gradients, computes
# the loss where the weights are *now*, calls `backward()` and returns the loss: `optimizer.step(closure)`. What that
# gives back is the loss before the step.
#
# **ASGD** walks like SGD; the point of it is the average of its walk. It keeps that average beside each parameter
# (look into `optimizer.state[p]`), and with torch's default `t0` starts averaging after a million steps only.
#
# ### What to write (about 45 minutes)
#
# - `make_optimizer(name, params, lr)`: torch's optimizer for each of the twelve names in `OPTIMIZERS` (the eight of
#   the slides, then AdamW, NAdam, RAdam, Adafactor); all but `lr` at torch's defaults. Any other name: `ValueError`.
# - `momentum_path(w, grad, lr, momentum, steps, weight_decay=0.0)` and
#   `adam_path(w, grad, lr, steps, beta1=0.9, beta2=0.999, eps=1e-8)`: the updates **by hand**. `w` is a tensor `(P,)` and
#   stays as it is; `grad(w)` gives the gradient there, `(P,)`. Return a tensor `(steps + 1, P)`: the start, then each place.
# - `train_lbfgs(model, criterion, x, y, steps)`: `torch.optim.LBFGS` at its defaults; a list of floats, the loss before
#   each step.
# - `asgd_average(optimizer)`: a list of tensors, the averages that an ASGD optimizer has kept, in the order of its
#   parameters.
# - `compare_optimizers(model, rates, x, y, epochs)`: for each `{name: lr}` a run from the weights that `model` has;
#   `model` itself stays as it is. Mean BCE, full batch. Return `{name: losses}`, `epochs` floats each, every loss taken
#   before its update: SGD at 0.01 gives 0.59374, 0.59300, 0.59227, 0.59156; Adam 0.59374, 0.59003, 0.58654, 0.58330.
# - `learning_rates()`: `{name: lr}`, for each of the twelve one number with which that optimizer brings the loss on the
#   lecture's data from $w = 0.5$, $b = -0.25$ to at most **0.25 after 30 epochs**. Try and look; search where it costs you.
#
# ### What is judged
#
# Values step by step, on the numbers above and on others; each name, each run and each learning rate earns its part.
# Where `torch.optim` is used inside `momentum_path` or `adam_path`, that costs 1 point each: they run once more
# while torch's own optimizers do nothing, and must not notice.
# One learning rate for all twelve earns nothing. How you write it is yours.


# %% optimizers
import copy

import torch
from torch import nn

# The eight of the slides, then four later relatives of Adam.
OPTIMIZERS = (
    "Adadelta", "Adagrad", "Adam", "Adamax", "ASGD", "RMSprop", "Rprop", "SGD",
    "AdamW", "NAdam", "RAdam", "Adafactor",
)


def make_optimizer(name, params, lr):
    """torch's optimizer called `name`, at its defaults but for lr; ValueError for other names."""
    # YOUR CODE HERE
    raise NotImplementedError()


def momentum_path(w, grad, lr, momentum, steps, weight_decay=0.0):
    """SGD with momentum by hand, as torch does it: the start and where each step leads.

    w: (P,), the start; it stays as it is. grad: a function, (P,) -> (P,), the gradient at a
    place. Returns (steps + 1, P).
    """
    # YOUR CODE HERE
    raise NotImplementedError()


def adam_path(w, grad, lr, steps, beta1=0.9, beta2=0.999, eps=1e-8):
    """Adam by hand, as torch does it. w, grad and what is returned: as in momentum_path."""
    # YOUR CODE HERE
    raise NotImplementedError()


def train_lbfgs(model, criterion, x, y, steps):
    """Train `model` with torch's LBFGS at its defaults; a list of the losses before each step."""
    # YOUR CODE HERE
    raise NotImplementedError()


def asgd_average(optimizer):
    """The averages that a torch ASGD optimizer keeps: a list, one tensor a parameter, in order."""
    # YOUR CODE HERE
    raise NotImplementedError()


def compare_optimizers(model, rates, x, y, epochs):
    """A run for each {name: lr} of `rates`, each from the weights of `model`; {name: [losses]}.

    model: (N, 1) -> (N, 1) of probabilities; it stays as it is. Mean BCE, full batch; `epochs`
    losses, each taken before its update.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


def learning_rates():
    """{name: lr}: for each of OPTIMIZERS a rate that meets the statement's loss in its epochs."""
    # YOUR CODE HERE
    raise NotImplementedError()


# %% show optimizers
if __name__ == "__main__":
    import torch
    from torch import nn


    def show_optimizers(compare, rates, epochs=30):
        """Run every optimizer with one rate for all and with its own, and plot loss by epoch."""
        import matplotlib.pyplot as plt

        hours = torch.tensor([[1.0], [2.0], [3.0], [4.0]])
        passed = torch.tensor([[0.0], [0.0], [1.0], [1.0]])
        model = nn.Sequential(nn.Linear(1, 1), nn.Sigmoid())
        nn.init.constant_(model[0].weight, 0.5)
        nn.init.constant_(model[0].bias, -0.25)

        colours = plt.rcParams["axes.prop_cycle"].by_key()["color"][:6]
        lines = plt.cycler(linestyle=["-", "--"]) * plt.cycler(color=colours)
        _, axes = plt.subplots(1, 2, figsize=(11, 4), sharey=True, layout="constrained")
        for axis, title, chosen in (
            (axes[0], "0.01 for all", dict.fromkeys(rates, 0.01)),
            (axes[1], "Each with its own rate", rates),
        ):
            axis.set_prop_cycle(lines)
            for name, losses in compare(model, chosen, hours, passed, epochs + 1).items():
                axis.plot(losses, label=f"{name} {chosen[name]:g}: {losses[-1]:.3f}")
            axis.axhline(0.25, color="grey", linewidth=0.5)
            axis.set(xlabel="epoch", title=title, ylim=(0, 1.2))
            axis.legend(title="rate: last loss", fontsize="x-small", ncols=3, loc="upper right")
        axes[0].set_ylabel("loss before the update")
        plt.show()


    try:
        show_optimizers(compare_optimizers, learning_rates())
    except Exception as error:
        reason = f"{type(error).__name__} {error}".rstrip()
        print(f"There is nothing to draw until `compare_optimizers` works: {reason}")
