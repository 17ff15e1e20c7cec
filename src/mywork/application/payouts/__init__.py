"""Paying sellers: the run, the queue, the forecast, what sellers owe, and what people decide."""
