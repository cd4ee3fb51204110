"""What is written: the learner's repository and its ticket."""
