"""The books for other programs: plain-text accounting, tables, and the archive.

Read in this order: `scope` (what is asked for), `books` (what is read), the formats (`beancount`,
`hledger`, `tables`, `records`), `manifest` and `exporting` (parts that can be resumed).
"""
