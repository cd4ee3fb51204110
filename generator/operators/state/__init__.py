"""Bugs about what is kept between calls."""
