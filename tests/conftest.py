"""Loads the plugins that give tests what they need of the machine."""

pytest_plugins = ["tests.plugins.databases"]
