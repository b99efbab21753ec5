"""How Linux confines a worker: see `confine` for the theory of operation."""
