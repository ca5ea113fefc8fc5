"""What was billed: invoices with their PDFs, refunds and credit notes, as last read from Stripe."""
