"""Deleting what nobody knows; anything else is refused, with the way out."""

from billing.catalog.services import delete_feature, delete_plan, refuse_to_forget, refuse_to_lose
from billing.kept_rows import KeptDeleteView


class DeletePlanView(KeptDeleteView):
    """A plan and its versions."""

    def confirmation_message(self) -> str:
        """What goes with it."""
        return f"Delete “{self.instance}” with all its prices? Nobody has it, so nobody loses anything."

    def check_instance(self) -> None:
        """Nobody is asked about a plan that stays."""
        refuse_to_lose(plan=self.instance)

    def delete_instance(self) -> None:
        """Only a plan that no customer and no Stripe knows."""
        delete_plan(plan=self.instance)


class DeleteFeatureView(KeptDeleteView):
    """A feature."""

    def confirmation_message(self) -> str:
        """What may still ask for it."""
        return (
            f"Delete “{self.instance}”? No plan gives it, and nobody ever had it. "
            "Pages that ask for it stay closed."
        )

    def check_instance(self) -> None:
        """Nobody is asked about a feature that stays."""
        refuse_to_forget(feature=self.instance)

    def delete_instance(self) -> None:
        """Only a feature that no plan gives, and nobody had."""
        delete_feature(feature=self.instance)
