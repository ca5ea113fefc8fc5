"""The embedded PostgreSQL: a server from a wheel, a pre-migrated schema, and databases for tests.

From bottom to top: errors, programs, account → server, databases → fingerprint, snapshots → schema.
"""
