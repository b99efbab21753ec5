"""Grading runs: one submission after another; what proves a course; what examines a machine."""
