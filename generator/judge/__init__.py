"""Says what a learner's source fixes and breaks, proves a challenge, and shows its answer."""
