"""Is everything as it should be? Checks of the set-up, in sentences."""
