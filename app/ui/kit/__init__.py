"""What all pages are made of; it knows no page."""
