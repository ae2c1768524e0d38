"""Requests that no good client sends: each gets its refusal, and harms nobody."""
