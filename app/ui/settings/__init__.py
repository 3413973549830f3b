"""What the business decides while the server runs."""
