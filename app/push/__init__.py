"""Web Push: messages that only one browser can read, by the service of its maker."""
