"""The evidence pack: contents (what, in which order) → layout → annex → file; and verifying it."""
