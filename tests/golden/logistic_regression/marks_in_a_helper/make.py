from pathlib import Path


def make(folder: Path) -> Path:
    (folder / "logistic_regression.py").write_text("def criterion(y_hat, y):\n    return y\n")
    helper = "import math\nx = f(" + "o" + "\u0323\u0302" * 40_000 + ")\n"
    (folder / "helper.py").write_text(helper, encoding="utf-8")
    return folder
