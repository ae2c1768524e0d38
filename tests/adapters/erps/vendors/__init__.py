"""One module for each ERP: what it answered, recorded, and what must follow."""
