"""Benchmarks run on the same migrated databases as the tests."""

pytest_plugins = ["tests.plugins.network", "tests.plugins.databases", "tests.plugins.servers"]
