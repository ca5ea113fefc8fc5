"""The net under the webhooks: compares what we hold with Stripe, page by page, and puts right what differs.

runs          one run: claimed, continued where it was, ended
reading       what a run does: read pages, note suspects, look at each again, confirm
comparisons   what is compared: one entry for each kind
customers, subscriptions, invoices, credits, catalog   the comparisons
repairs       what is done about a discrepancy
ledgers       where a run keeps what it saw: in its rows (stored), or in memory where nothing may be written
differences   what a comparison finds, and what a comparison is
models        runs, and what they found
"""
