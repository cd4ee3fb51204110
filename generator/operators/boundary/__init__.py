"""Operators about boundary."""
