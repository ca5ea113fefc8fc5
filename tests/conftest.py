"""Loads the plugins that give tests what they need of the machine."""

pytest_plugins = [
    f"tests.plugins.{name}" for name in ("network", "databases", "files", "servers", "browser", "scheduling")
]
