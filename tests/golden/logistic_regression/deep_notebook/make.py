from pathlib import Path


def make(folder: Path) -> Path:
    made = folder / "logistic_regression.ipynb"
    made.write_text('{"nbformat": 4, "cells": ' + "[" * 10_000 + "]" * 10_000 + "}")
    return made
