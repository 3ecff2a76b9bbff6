"""The tree that passages are tagged to."""
