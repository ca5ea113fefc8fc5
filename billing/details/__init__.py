"""What stands on a customer's invoices: name, address, tax numbers, where they are sent, which currency."""
