"""What people read on a terminal, a room a topic; JSON where a program reads it."""
