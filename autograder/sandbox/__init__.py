"""Run a submission in an expendable process that can hurt nobody: see `confine` for how."""
