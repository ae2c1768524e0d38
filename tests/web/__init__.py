"""The pages for people: what the routes answer, built or not."""
