"""What speaks with the outside: the database, the ERPs, the environment."""
