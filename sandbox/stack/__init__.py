"""What ``make run`` does: every process of the site on this machine, started, watched and stopped together.

bootstrap (standard library only) → errors, console → environment, checks, supervisor → prepare, run → smoke.
"""
