"""Operators about transaction."""
