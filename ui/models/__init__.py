"""Qt models over the records of the core."""
