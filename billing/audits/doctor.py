"""Looks at everything that money needs in order to flow."""

from collections.abc import Callable, Iterator

from billing.audits.findings import Finding
from billing.audits.health import check_breaker
from billing.audits.secret_checks import check_secrets
from billing.audits.setup import check_keys, check_site_address, check_storage
from billing.audits.stripe_checks import check_account, check_catalog, check_endpoint, check_inbox

CHECKS: tuple[Callable[[], Iterator[Finding]], ...] = (
    check_keys,
    check_breaker,
    check_account,
    check_endpoint,
    check_secrets,
    check_catalog,
    check_inbox,
    check_site_address,
    check_storage,
)


def examine() -> Iterator[Finding]:
    """Every finding, good and bad, one check after the other."""
    for check in CHECKS:
        yield from check()
