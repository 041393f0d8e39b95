"""The subcommands of `persona-router`, one module each; `run` of each returns the exit status."""
