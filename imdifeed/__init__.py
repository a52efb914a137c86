"""The command, the configuration and the scheduler: the one place that knows all layers."""
