"""What stands for a ticket where a seed has no words of its own: a session at the prompt."""
