"""What the clock brings: deadlines, aged uncleared items, sealing, replay verification."""
