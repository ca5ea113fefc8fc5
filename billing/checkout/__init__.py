"""How a customer starts, changes and ends a plan."""
