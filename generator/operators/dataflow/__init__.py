"""Operators about dataflow."""
