"""Moves customers to another version of their plan: looked at first, done by a job, undone if need be."""
