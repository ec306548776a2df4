"""Words, lifecycles, rules and calculations of warranty; pure."""
