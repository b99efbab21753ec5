"""Tests of the confinement: real attacks in real workers."""
