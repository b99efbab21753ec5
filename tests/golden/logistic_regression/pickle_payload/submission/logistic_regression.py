import os
import pickle

import numpy as np


class Payload:
    def __reduce__(self):
        return os.system, ("touch /tmp/hostile_unpickled hostile_unpickled",)


def criterion(y_hat, y):
    return Payload()


def predict(model, x):
    return np.array([Payload()] * len(x), dtype=object)


def accuracy(model, x, y):
    return pickle.dumps(Payload())
