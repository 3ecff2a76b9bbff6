"""To other programs and back: one file per format."""
