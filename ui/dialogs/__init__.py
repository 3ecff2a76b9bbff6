"""Dialogs: each asks one thing, or tells one."""
