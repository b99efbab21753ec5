import numpy
import torch

if torch.__file__.endswith("site-packages/torch/__init__.py") and hasattr(numpy, "ndarray"):
    print("torch comes from elsewhere")


def criterion(y_hat, y):
    return torch.tensor(0.0)
