"""The HTTP door: thin. Commands are threads that call a use case, reads send prepared rows."""
