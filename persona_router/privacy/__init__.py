"""What is kept of customers: finding it, handing it out, and deleting it."""
