"""The outside world: one vendor a file, and the SQL of the operational tables."""
