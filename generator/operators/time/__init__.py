"""Bugs about clocks, units and spans of time."""
