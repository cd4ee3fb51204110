"""Bugs about what happens at the same time."""
