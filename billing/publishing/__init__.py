"""Brings Stripe in step with the catalog: one product per plan, whatever fails half-way."""
