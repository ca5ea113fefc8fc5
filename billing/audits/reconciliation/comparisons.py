"""What a run compares, in this order: a subscription's customer is looked at before it."""

from billing.audits.reconciliation.catalog import CATALOG
from billing.audits.reconciliation.credits import CREDITS
from billing.audits.reconciliation.customers import CUSTOMERS
from billing.audits.reconciliation.differences import Comparison
from billing.audits.reconciliation.invoices import INVOICES
from billing.audits.reconciliation.subscriptions import SUBSCRIPTIONS

COMPARISONS: tuple[Comparison, ...] = (CUSTOMERS, SUBSCRIPTIONS, INVOICES, CREDITS, CATALOG)
BY_KIND = {comparison.kind: comparison for comparison in COMPARISONS}
