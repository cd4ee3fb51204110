"""The learner's side of a challenge: its clock, what was tried and noted, hints and score, and the history of all of it."""
