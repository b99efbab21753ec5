def loss(a, b):
    return a - b


print(loss(1, 2))
