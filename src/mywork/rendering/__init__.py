"""What people read: tables of a terminal, PDF, spreadsheets, all made from documents."""
