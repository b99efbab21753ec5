import json
import os
from pathlib import Path

import numpy as np
import torch

HERE = os.path.dirname(os.path.abspath(__file__))
with open(os.path.join(HERE, "data", "floor.json")) as file:
    FLOOR = json.load(file)["floor"]
ONES = torch.from_numpy(np.loadtxt(Path(__file__).parent / "ones.csv", delimiter=","))
OTHERS = np.loadtxt("ones.csv", delimiter=",")


def criterion(y_hat, y):
    inside = torch.clamp(y_hat, FLOOR, float(ONES[0]) - FLOOR)
    return -(y * inside.log() + (1 - y) * (OTHERS[0] - inside).log()).mean()
