"""The parts of the door, each for what is done to one kind of thing in a case."""
