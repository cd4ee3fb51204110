"""What is measured and not asserted: machines are shared and noisy, so compare within one run."""
