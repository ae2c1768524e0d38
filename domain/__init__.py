"""What the product decides: plain values and rules, standard library only."""
