"""Operators about what functions promise each other."""
