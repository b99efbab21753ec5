"""The judge's side of a worker: start it, ask it, replace it, end it."""
