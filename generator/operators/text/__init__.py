"""Operators about texts."""
