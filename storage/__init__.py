"""What is written to the database: sessions, inbox, outbox, ledger, timers, audit log."""
