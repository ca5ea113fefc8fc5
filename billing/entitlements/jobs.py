"""Asks for a feature where nobody is there to read a refusal: in jobs and commands."""

from typing import Any

from billing.entitlements.decisions import Decision, check


class FeatureDenied(PermissionError):  # noqa: N818  (named for what happened, as Django's exceptions are)
    """They may not; ``decision`` says why, and what would open it."""

    def __init__(self, decision: Decision) -> None:
        super().__init__(f"{decision.feature}: {decision.reason}")
        self.decision = decision


def ensure_feature(who: Any, feature: str, quantity: int = 1) -> Decision:
    """The decision that allows it; raises ``FeatureDenied`` with the one that does not.

    A job asks when it runs, not only when it was deferred: the plan may have ended meanwhile.
    """
    decision = check(who, feature, quantity)
    if not decision.allowed:
        raise FeatureDenied(decision)
    return decision
