"""The only place that calls Stripe."""
