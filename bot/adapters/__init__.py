"""What fulfils the ports of the conversation: directory, understanding, store."""
