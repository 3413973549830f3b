"""Phone apps that exist: what each sends over HTTP, as our own points; one module for each app."""
