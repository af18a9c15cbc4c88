"""The embedded default: PostgreSQL and Valkey from their wheels, web, worker and beat under one supervisor."""
