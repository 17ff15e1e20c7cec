"""What finance reads of the ledger: fees, balances below zero, what is not cleared."""
