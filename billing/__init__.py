"""Everything about money and permission, in subpackages that import only downward.

api            the only door for other apps
audits         is everything as it should be? doctor, health panel, comparison with Stripe, audit log
webhooks       dj-stripe receivers → inbox → one reconcile
checkout       start, change, cancel a plan
details        what stands on invoices: name, address, tax numbers, mail, currency
invoices       what was billed: history, PDFs, refunds, receipts
entitlements   what a customer may do: decision, decorator, template tags, grants, switches
subscriptions  which plan a customer has (our projection of Stripe's truth), moves to another version
usage          what was used of each limit and meter, counted once per thing and period
credits        lots, entries, holds: a ledger that cannot lose or double a credit
customers      StripeCustomer: the payer, linked to the user
publishing     brings Stripe in step with the catalog
notices        what people are told, each thing once
gateway        the only place that calls Stripe
catalog        plans, versions, prices, features, credit packs
"""
