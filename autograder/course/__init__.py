"""Find, read and validate assignments and exercises; build what is released."""
