"""bugsquash: a clean Python codebase in, a fresh debugging exercise out."""
