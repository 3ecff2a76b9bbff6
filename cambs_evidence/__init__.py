"""The core of cambs-evidence: documents, passages, framework, case and pack; knows no window."""
