"""How money moves with time: periods, invoices, payments, renewals.

Imports run cycle and checking_out → changing, phases → subscribing → invoicing → settling → paying → periods.
"""
