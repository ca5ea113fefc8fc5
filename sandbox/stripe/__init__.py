"""A stateful stand-in for Stripe: the same API, cards, clocks and webhooks, on this machine only.

`Sandbox` is the door for tests; `python -m sandbox.stripe` is the same thing as a local server.
Inside, imports run transports → dispatch → objects → billing → world → store.
"""

from sandbox.stripe.sandbox import Sandbox

__all__ = ["Sandbox"]
