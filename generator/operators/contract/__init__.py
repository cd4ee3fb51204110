"""Operators about contracts."""
