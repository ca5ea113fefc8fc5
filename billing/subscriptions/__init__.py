"""Which plan a customer has: our projection of Stripe's truth."""
