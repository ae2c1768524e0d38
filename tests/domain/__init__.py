"""What the product decides, called plainly."""
