"""The reference. What stands between the two marks is cut out of the release."""


def EXERCISE(x):
    """Return the square of each entry of the tensor x, in the shape of x."""
    ### BEGIN SOLUTION
    return x * x
    ### END SOLUTION
