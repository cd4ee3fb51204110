"""The ticket of a built-in seed, in a customer's words."""
