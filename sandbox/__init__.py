"""Stand-ins for the outside world on a developer's machine and in tests; never part of production."""
