"""The loop of a student: start, check, hints, progress, watch, check cells, pytest."""
