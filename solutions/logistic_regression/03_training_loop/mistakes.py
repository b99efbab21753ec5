"""Known wrong training loops. Each is the reference with one thing wrong."""

import copy

import torch
from torch import nn

from autograder.authoring import mistake

from .checks import (
    follows_the_reference_on_unseen_data,
    keeps_plain_numbers,
    leaves_the_rest_as_it_was,
    records_each_loss_before_its_update,
    runs_any_number_of_epochs,
    takes_one_step_downhill,
    trains_what_it_was_given,
    uses_the_given_optimizer,
)


@mistake(fails=records_each_loss_before_its_update, ids="M41")
def never_empties_the_gradients(model, criterion, optimizer, x, y, epochs):
    """backward() adds to what `.grad` already holds. Print the gradient of the weight after
    two successive backward passes: what is in the second one?"""
    history = []
    for _ in range(epochs):
        loss = criterion(model(x), y)
        history.append(loss.item())
        loss.backward()
        optimizer.step()
    return history


@mistake(fails=takes_one_step_downhill, ids="M42")
def empties_before_use(model, criterion, optimizer, x, y, epochs):
    """A gradient is filled, used and emptied in each epoch. In what order does your loop do
    these three, and what is left for the one in the middle?"""
    history = []
    for _ in range(epochs):
        loss = criterion(model(x), y)
        history.append(loss.item())
        loss.backward()
        optimizer.zero_grad()
        optimizer.step()
    return history


@mistake(fails=takes_one_step_downhill, ids="M42")
def zeroes_before_use(model, criterion, optimizer, x, y, epochs):
    """A gradient is filled, used and emptied in each epoch. In what order does your loop do
    these three, and what is left for the one in the middle?"""
    history = []
    for _ in range(epochs):
        loss = criterion(model(x), y)
        history.append(loss.item())
        loss.backward()
        optimizer.zero_grad(set_to_none=False)
        optimizer.step()
    return history


@mistake(fails=takes_one_step_downhill, ids="M43")
def never_goes_backward(model, criterion, optimizer, x, y, epochs):
    """The optimizer only reads `.grad`. Print it just before the update: who fills it?"""
    history = []
    for _ in range(epochs):
        loss = criterion(model(x), y)
        history.append(loss.item())
        optimizer.zero_grad()
        optimizer.step()
    return history


@mistake(fails=takes_one_step_downhill, ids="M44")
def steps_with_the_last_gradient(model, criterion, optimizer, x, y, epochs):
    """Walk through the first epoch only. Which gradient does the first step use, and had it
    been computed by then?"""
    history = []
    for _ in range(epochs):
        loss = criterion(model(x), y)
        history.append(loss.item())
        optimizer.step()
        optimizer.zero_grad()
        loss.backward()
    return history


@mistake(fails=takes_one_step_downhill, ids="M44")
def empties_then_steps_then_fills(model, criterion, optimizer, x, y, epochs):
    """Walk through the first epoch only. Which gradient does the first step use, and had it
    been computed by then?"""
    history = []
    for _ in range(epochs):
        loss = criterion(model(x), y)
        history.append(loss.item())
        optimizer.zero_grad()
        optimizer.step()
        loss.backward()
    return history


@mistake(fails=takes_one_step_downhill, ids="M45")
def never_steps(model, criterion, optimizer, x, y, epochs):
    """backward() computes gradients and changes no weight. Which object moves the weights,
    and when is it told to?"""
    history = []
    for _ in range(epochs):
        loss = criterion(model(x), y)
        history.append(loss.item())
        optimizer.zero_grad()
        loss.backward()
    return history


@mistake(fails=takes_one_step_downhill, ids="M46")
def optimizer_of_another_model(model, criterion, optimizer, x, y, epochs):
    """An optimizer moves the tensors that it got when it was built. Whose weights were handed
    over, and is that the model which gives the loss?"""
    optimizer = torch.optim.SGD(copy.deepcopy(model).parameters(), lr=0.1)
    history = []
    for _ in range(epochs):
        loss = criterion(model(x), y)
        history.append(loss.item())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return history


@mistake(fails=takes_one_step_downhill, ids="M46")
def trains_a_copy(model, criterion, optimizer, x, y, epochs):
    """The weights of the model that you were given have not moved. Which model does the loop
    call, and whose weights does the optimizer hold?"""
    model = copy.deepcopy(model)
    history = []
    for _ in range(epochs):
        loss = criterion(model(x), y)
        history.append(loss.item())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return history


@mistake(fails=takes_one_step_downhill, ids="M47")
def builds_a_model_in_the_loop(model, criterion, optimizer, x, y, epochs):
    """Write down what is new in each round of the loop and what lives on. Where do the
    weights that were just learned go?"""
    history = []
    for _ in range(epochs):
        model = nn.Sequential(nn.Linear(x.shape[1], 1), nn.Sigmoid())
        loss = criterion(model(x), y)
        history.append(loss.item())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return history


@mistake(fails=records_each_loss_before_its_update, ids="M48")
def predicts_once(model, criterion, optimizer, x, y, epochs):
    """After a step the weights are other ones. Does the model's guess change with them, and
    where does your code ask for it?"""
    loss = criterion(model(x), y)
    history = []
    for _ in range(epochs):
        history.append(loss.item())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return history


@mistake(fails=uses_the_given_optimizer, ids="M49")
def builds_the_optimizer_in_the_loop(model, criterion, optimizer, x, y, epochs):
    """Momentum and Adam carry something from step to step. What should the optimizer
    remember, and how long does yours live?"""
    history = []
    for _ in range(epochs):
        optimizer = type(optimizer)(model.parameters(), **optimizer.defaults)
        loss = criterion(model(x), y)
        history.append(loss.item())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return history


@mistake(fails=takes_one_step_downhill, ids="M50")
def own_number_of_epochs(model, criterion, optimizer, x, y, epochs):
    """The caller says how long to train and how fast. Whose number did you use?"""
    history = []
    for _ in range(1000):
        loss = criterion(model(x), y)
        history.append(loss.item())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return history


@mistake(fails=takes_one_step_downhill, ids="M50")
def own_learning_rate(model, criterion, optimizer, x, y, epochs):
    """The caller says how long to train and how fast. Whose number did you use?"""
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
    history = []
    for _ in range(epochs):
        loss = criterion(model(x), y)
        history.append(loss.item())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return history


@mistake(fails=takes_one_step_downhill, ids="M50")
def loops_over_a_global(model, criterion, optimizer, x, y, epochs):
    """`train` used a name that nobody had defined: neither a parameter of it, nor something
    that the top of the file got to make. Which values does `train` get from its caller?"""
    history = []
    for rows, labels in trainloader:  # noqa: F821
        loss = criterion(model(rows), labels)
        history.append(loss.item())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return history


@mistake(fails=takes_one_step_downhill, ids="M57", cell=True)
def asks_while_it_is_imported():
    """`train` used a name that nobody had defined: neither a parameter of it, nor something
    that the top of the file got to make. Which values does `train` get from its caller?"""

    def train(model, criterion, optimizer, x, y, epochs):
        history = []
        for _ in range(number_of_epochs):
            loss = criterion(model(x), y)
            history.append(loss.item())
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        return history

    number_of_epochs = int(input("How many epochs? "))


@mistake(fails=takes_one_step_downhill, ids="M51")
def one_epoch_too_many(model, criterion, optimizer, x, y, epochs):
    """Count the rounds of your loop by hand for epochs = 1. How many updates are there?"""
    history = []
    for _ in range(epochs + 1):
        loss = criterion(model(x), y)
        history.append(loss.item())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return history


@mistake(fails=takes_one_step_downhill, ids="M51")
def one_epoch_too_few(model, criterion, optimizer, x, y, epochs):
    """Count the rounds of your loop by hand for epochs = 1. How many updates are there?"""
    history = []
    for _ in range(1, epochs):
        loss = criterion(model(x), y)
        history.append(loss.item())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return history


@mistake(fails=keeps_plain_numbers, ids="M52")
def keeps_the_graphs(model, criterion, optimizer, x, y, epochs):
    """A loss tensor carries the whole computation behind it. What do you need for a plot,
    the computation or its number?"""
    history = []
    for _ in range(epochs):
        loss = criterion(model(x), y)
        history.append(loss)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return history


@mistake(fails=records_each_loss_before_its_update, ids="M53")
def records_after_the_step(model, criterion, optimizer, x, y, epochs):
    """Which weights does each loss in your list belong to, those before the update or those
    after it? Compare your first one with the loss of the untouched model."""
    history = []
    for _ in range(epochs):
        optimizer.zero_grad()
        criterion(model(x), y).backward()
        optimizer.step()
        history.append(criterion(model(x), y).item())
    return history


@mistake(fails=follows_the_reference_on_unseen_data, ids="M54")
def updates_after_each_mini_batch(model, criterion, optimizer, x, y, epochs):
    """Your loop walks through the rows in pieces. How many updates should an epoch have here,
    and does the last, smaller piece count for more than its rows?"""
    history = []
    for _ in range(epochs):
        for rows, labels in zip(x.split(6), y.split(6), strict=True):
            loss = criterion(model(rows), labels)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        history.append(loss.item())
    return history


@mistake(fails=follows_the_reference_on_unseen_data, ids="M54")
def averages_the_means_of_pieces(model, criterion, optimizer, x, y, epochs):
    """Your loop walks through the rows in pieces. How many updates should an epoch have here,
    and does the last, smaller piece count for more than its rows?"""
    history = []
    for _ in range(epochs):
        pieces = list(zip(x.split(6), y.split(6), strict=True))
        loss = sum(criterion(model(rows), labels) for rows, labels in pieces) / len(pieces)
        history.append(loss.item())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return history


@mistake(fails=takes_one_step_downhill, ids="M55")
def records_no_graph(model, criterion, optimizer, x, y, epochs):
    """backward() walks back along what was recorded while the loss was computed. Who is
    recording at that moment?"""
    history = []
    for _ in range(epochs):
        with torch.no_grad():
            loss = criterion(model(x), y)
        history.append(loss.item())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return history


@mistake(fails=trains_what_it_was_given, ids="M55")
def trains_in_eval_mode(model, criterion, optimizer, x, y, epochs):
    """Some layers behave in one way while they learn and in another while they are used. In
    which mode came the model, and in which is it while your loop runs?"""
    model.eval()
    history = []
    for _ in range(epochs):
        loss = criterion(model(x), y)
        history.append(loss.item())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    model.train()
    return history


@mistake(fails=takes_one_step_downhill, ids="M12")
def whole_number_labels(model, criterion, optimizer, x, y, epochs):
    """Print the dtypes of the prediction and of the labels. What dtype does a probability
    have, and can the loss subtract the one from the other?"""
    y = y.long()
    history = []
    for _ in range(epochs):
        loss = criterion(model(x), y)
        history.append(loss.item())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return history


@mistake(fails=takes_one_step_downhill, ids="M13")
def regression_targets(model, criterion, optimizer, x, y, epochs):
    """Look at the labels that your loop compares with. Can a negative log-likelihood of a
    0/1 label be below 0?"""
    y = 2 * x
    history = []
    for _ in range(epochs):
        loss = criterion(model(x), y)
        history.append(loss.item())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return history


@mistake(fails=takes_one_step_downhill, ids="M14")
def flipped_labels(model, criterion, optimizer, x, y, epochs):
    """The weight moved the wrong way, by just the right amount. By the labels that reach your
    loss, do more hours help? And does your update make the loss grow or shrink?"""
    y = 1 - y
    history = []
    for _ in range(epochs):
        loss = criterion(model(x), y)
        history.append(loss.item())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return history


@mistake(fails=takes_one_step_downhill, ids="M15")
def method_as_labels(model, criterion, optimizer, x, y, epochs):
    """Print the labels just before the loss. Is it a value or a method?"""
    y = (x > 2.5).float
    history = []
    for _ in range(epochs):
        loss = criterion(model(x), y)
        history.append(loss.item())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return history


@mistake(fails=takes_one_step_downhill, ids="M16")
def labels_of_one_class(model, criterion, optimizer, x, y, epochs):
    """Count the labels of each class first. Is there anything to tell apart?"""
    y = torch.ones_like(y)
    history = []
    for _ in range(epochs):
        loss = criterion(model(x), y)
        history.append(loss.item())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return history


@mistake(fails=takes_one_step_downhill, ids="M17")
def scales_what_it_was_given(model, criterion, optimizer, x, y, epochs):
    """The model was fed with other numbers than the x that came in. If training scales them
    in here, how will whoever uses the model later know to do the same?"""
    x = (x - x.mean(0)) / x.std(0)
    history = []
    for _ in range(epochs):
        loss = criterion(model(x), y)
        history.append(loss.item())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return history


@mistake(fails=takes_one_step_downhill)
def climbs(model, criterion, optimizer, x, y, epochs):
    """The weight moved the wrong way, by just the right amount. By the labels that reach your
    loss, do more hours help? And does your update make the loss grow or shrink?"""
    history = []
    for _ in range(epochs):
        loss = criterion(model(x), y)
        history.append(loss.item())
        optimizer.zero_grad()
        (-loss).backward()
        optimizer.step()
    return history


@mistake(fails=records_each_loss_before_its_update)
def returns_nothing(model, criterion, optimizer, x, y, epochs):
    """The training itself works. What does the caller of `train` get to see of it?"""
    for epoch in range(epochs):
        loss = criterion(model(x), y)
        print(epoch, loss.item())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()


@mistake(fails=records_each_loss_before_its_update)
def returns_the_last_loss(model, criterion, optimizer, x, y, epochs):
    """A curve needs a point for each epoch. What do you keep from one round to the next?"""
    for _ in range(epochs):
        loss = criterion(model(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return loss.item()


@mistake(fails=records_each_loss_before_its_update)
def returns_inside_the_loop(model, criterion, optimizer, x, y, epochs):
    """The list stops after its first entry. How far is `return` indented: does it belong to the
    loop, or to what comes after?"""
    history = []
    for _ in range(epochs):
        loss = criterion(model(x), y)
        history.append(loss.item())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        return history
    return history


@mistake(fails=runs_any_number_of_epochs)
def needs_at_least_one_epoch(model, criterion, optimizer, x, y, epochs):
    """Walk through your function with epochs = 0. Which names exist after the loop?"""
    history = []
    for _ in range(epochs):
        loss = criterion(model(x), y)
        history.append(loss.item())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    print("final loss", loss.item())
    return history


@mistake(fails=leaves_the_rest_as_it_was)
def leaves_eval_mode_on(model, criterion, optimizer, x, y, epochs):
    """The caller goes on with the same model, data and optimizer. What is different about
    them after your last epoch?"""
    history = []
    for _ in range(epochs):
        model.train()
        loss = criterion(model(x), y)
        history.append(loss.item())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    model.eval()
    return history


@mistake(fails=leaves_the_rest_as_it_was)
def leaves_a_slower_optimizer(model, criterion, optimizer, x, y, epochs):
    """The caller goes on with the same model, data and optimizer. What is different about
    them after your last epoch?"""
    history = []
    for _ in range(epochs):
        loss = criterion(model(x), y)
        history.append(loss.item())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    for group in optimizer.param_groups:
        group["lr"] *= 0.5
    return history


@mistake(fails=trains_what_it_was_given)
def own_criterion(model, criterion, optimizer, x, y, epochs):
    """The caller chose which loss to go down. Is that the one whose gradient you take?"""
    history = []
    for _ in range(epochs):
        loss = nn.functional.binary_cross_entropy(model(x), y)
        history.append(loss.item())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return history
