# classes as int64 of shape (N,); labels flattened as well
def predict(model, x):
    return (model(x).squeeze() > 0.5).long()


def accuracy(model, x, y):
    labels = y.squeeze(1)
    hits = (predict(model, x).reshape(-1) == labels).double()
    return float(hits.mean())
