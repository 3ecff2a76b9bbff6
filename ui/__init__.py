"""The window of cambs-evidence; imports the core's door and its model only."""
