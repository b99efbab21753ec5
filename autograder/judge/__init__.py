"""Judging a submission: checks, comparisons, diagnosis of mistakes, static reading of code."""
