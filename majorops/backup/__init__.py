"""The whole installation in one file, and back: the database and the heads of the audit, everything but SECRET_KEY."""
