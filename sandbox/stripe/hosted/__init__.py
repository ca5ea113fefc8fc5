"""The sandbox on HTTP: Stripe's API under /v1, and the pages a person clicks through."""
