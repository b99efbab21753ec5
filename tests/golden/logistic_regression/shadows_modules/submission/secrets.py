print("a shadow was loaded")


def token_hex(size):
    return "0" * 2 * size
