"""Bugs about what is caught, raised and passed on."""
