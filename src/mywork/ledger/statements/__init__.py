"""What sellers read: statements equal to the ledger, and yearly totals."""
