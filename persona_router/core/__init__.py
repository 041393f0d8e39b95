"""Turn to decision, pure: no I/O, clock, randomness, environment, logging or framework."""
