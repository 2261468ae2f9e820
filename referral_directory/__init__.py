"""Organisations, services and places; search, verification and exchange."""
