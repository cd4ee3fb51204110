"""Takes tests out of test files so that nobody sees they were there."""
