"""The panels round the pages: what is there, what it proves, what is missing."""
