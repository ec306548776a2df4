"""What may be done: verbs, one module per thing."""
