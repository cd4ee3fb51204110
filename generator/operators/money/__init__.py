"""Operators about money."""
