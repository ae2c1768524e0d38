"""The suite: each folder tests one room; servers/ starts what is outside of us."""
