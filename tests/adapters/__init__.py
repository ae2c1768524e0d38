"""What speaks with the outside, tested against the real thing where there is one."""
