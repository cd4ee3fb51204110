"""Operators about logic."""
