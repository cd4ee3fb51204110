"""Watching a challenge: its tests run again with every save, and a screen says where one stands."""
