"""The catalog in Wagtail's admin: one form for a plan with everything it gives, and lists of the rest."""
