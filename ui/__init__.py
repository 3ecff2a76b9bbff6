"""The window; imports the core's door and model, never SQL, PDF or report libraries."""
