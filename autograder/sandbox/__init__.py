"""Run a submission in an expendable process that can hurt nobody.

wire, outcomes      what travels, and what can happen instead of an answer
layers, policy      the protections by name, and what one worker may use
host/               the judge's side
worker/             what runs inside
linux/              how it is confined
"""
