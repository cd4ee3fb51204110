"""Operators about iteration."""
