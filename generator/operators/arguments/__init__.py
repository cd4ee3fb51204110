"""Operators about arguments."""
