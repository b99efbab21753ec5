from pathlib import Path

SOURCE = r'''
NASTY = "\x1b]52;c;aG9zdGlsZQ==\x07 \x1b]8;;https://x.invalid\x07here\x1b]8;;\x07 \x1b[2J\x1b[1;31m\x9b31m \rscore 10/10 \u202e01/01 \u2066\u200b\x08\x7f"
print(NASTY)


def criterion(y_hat, y):
    raise type("E" + NASTY, (Exception,), {})(NASTY)
'''


def make(folder: Path) -> Path:
    made = folder / "ada\x1b]52;c;aG9zdGlsZQ==\x07\rgrace \u202e\n10 of 10"
    made.mkdir()
    (made / "logistic_regression.py").write_text(SOURCE, encoding="utf-8")
    return made
