"""The page viewer: everything that is about pages on a screen."""
