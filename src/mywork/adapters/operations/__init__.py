"""The SQL of the operational tables: state, not facts."""
