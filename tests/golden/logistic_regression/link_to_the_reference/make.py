from pathlib import Path

COURSE = Path(__file__).parents[4] / "solutions" / "logistic_regression"


def make(folder: Path) -> Path:
    made = folder / "ada"
    made.mkdir()
    (made / "logistic_regression.py").symlink_to(COURSE / "02_bce_criterion" / "solution.py")
    (made / "helper.py").write_text("def criterion(y_hat, y):\n    return 0.0\n")
    (made / "loot").symlink_to(COURSE)
    return made
