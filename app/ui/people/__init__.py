"""Who may sign in, with what right, and where they did."""
