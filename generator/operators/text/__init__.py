"""Operators about text."""
