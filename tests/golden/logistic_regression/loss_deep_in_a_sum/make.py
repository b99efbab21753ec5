from pathlib import Path


def make(folder: Path) -> Path:
    made = folder / "submission"
    made.mkdir()
    source = (
        "from torch.nn.functional import binary_cross_entropy as bce\n"
        "def criterion(y_hat, y):\n"
        f"    return bce(y_hat.clamp(1e-7, 1 - 1e-7), y){' + 0' * 1000}\n"
    )
    (made / "logistic_regression.py").write_text(source, encoding="utf-8")
    return made
