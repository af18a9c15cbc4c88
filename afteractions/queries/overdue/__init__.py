"""The overdue dashboard: what passed its deadline or soon will, with whom, and what is done about it. Read-only."""
