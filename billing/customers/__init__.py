"""The payer, linked to the user."""
