# a torch.autograd.Function with logs cut at -100 and a backward by hand, as torch does it
import torch


class MeanBCE(torch.autograd.Function):
    @staticmethod
    def forward(ctx, p, y):
        ctx.save_for_backward(p, y)
        log_p = torch.log(p).clamp(min=-100)
        log_q = torch.log(1 - p).clamp(min=-100)
        return -(y * log_p + (1 - y) * log_q).mean()

    @staticmethod
    def backward(ctx, above):
        p, y = ctx.saved_tensors
        return above * (p - y) / (p * (1 - p)).clamp(min=1e-12) / p.numel(), None


def criterion(y_hat, y):
    return MeanBCE.apply(y_hat, y)
