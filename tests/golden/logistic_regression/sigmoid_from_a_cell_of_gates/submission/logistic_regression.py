import torch


def sigmoid(z):
    """The output gate of an LSTM whose state is so large that its tanh is 1."""
    flat = z.reshape(-1, 1)
    zero = torch.zeros_like(flat)
    gates = torch.cat([zero - 50, zero + 50, zero, flat], dim=1)
    state = zero + 50
    eye, none = torch.eye(4), torch.zeros(4, 1)
    h, _ = torch.lstm_cell(gates, (zero, state), eye, none)
    return h.reshape(z.shape)
