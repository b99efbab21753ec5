# nan_to_num on the logs, and the gradient guarded by a hook
import torch


def criterion(y_hat, y):
    p = y_hat * 1
    if p.requires_grad:
        p.register_hook(lambda gradient: torch.nan_to_num(gradient, nan=0.0))
    log_p = torch.nan_to_num(torch.log(p), neginf=-100.0)
    log_q = torch.nan_to_num(torch.log(1 - p), neginf=-100.0)
    return -(y * log_p + (1 - y) * log_q).mean()
