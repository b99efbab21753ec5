import os


class Raising:
    def __float__(self):
        raise RuntimeError("no")

    __array__ = __int__ = __index__ = __len__ = __iter__ = __bool__ = __repr__ = __str__ = __float__


class Looping:
    def __float__(self):
        while True:
            pass

    __array__ = __int__ = __index__ = __len__ = __iter__ = __bool__ = __repr__ = __str__ = __float__


class Leaving:
    def __float__(self):
        os._exit(0)

    __array__ = __int__ = __index__ = __len__ = __iter__ = __bool__ = __repr__ = __str__ = __float__


def sigmoid(z):
    return Leaving()


def Model(n_inputs=1):
    return lambda x: Leaving()


def criterion(y_hat, y):
    return Raising()


def predict(model, x):
    return Looping()


def accuracy(model, x, y):
    return [Looping(), {"a": Raising()}]
