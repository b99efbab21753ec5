import json
import os
from pathlib import Path


def make(folder: Path) -> Path:
    for name, power in (("logistic_regression", 2), ("logistic_regression (1)", 4)):
        source = f"def criterion(y_hat, y):\n    return ((y_hat - y) ** {power}).mean()\n"
        cell = {"cell_type": "code", "metadata": {}, "outputs": [], "source": source}
        notebook = {
            "cells": [{**cell, "execution_count": None}],
            "metadata": {},
            "nbformat": 4,
            "nbformat_minor": 4,
        }
        path = folder / f"{name}.ipynb"
        path.write_text(json.dumps(notebook))
        os.utime(path, (1e9, 1e9))
    return folder
