import os
import shutil
from pathlib import Path


def make(folder: Path) -> Path:
    """The submission, with the number of the port on which the test listens."""
    made = shutil.copytree(Path(__file__).parent / "submission", folder / "submission")
    script = made / "logistic_regression.py"
    text = script.read_text().replace("PORT = 0", f"PORT = {os.environ['AUTOGRADER_GOLDEN_PORT']}")
    script.write_text(text)
    return made
