"""How money moves with time: periods, invoices, payments, renewals. Imports run cycle → subscribing →
invoicing → paying → periods."""
