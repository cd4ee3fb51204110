"""Where a test on buggy code parts from the same test on clean code: two records laid side by side, and how pdb shows it."""
