"""After the hour: where a bug first showed, what came of it, and how it could have been found."""
