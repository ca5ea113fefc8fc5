"""The configuration of the project: settings, addresses, servers."""
