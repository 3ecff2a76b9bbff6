"""The auditor's turn: the file that goes out, what is said in it, and the way back."""
