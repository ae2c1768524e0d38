"""How real data comes in."""
