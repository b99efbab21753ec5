"""Run as python -m part_of_a_package.logistic_regression."""
