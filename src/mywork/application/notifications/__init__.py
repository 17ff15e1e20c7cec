"""Who is told what: the notices of each concept, and the notifier that sends them."""
