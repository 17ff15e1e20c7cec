"""A bank's statements: camt.053 and CSV, read into lines."""
