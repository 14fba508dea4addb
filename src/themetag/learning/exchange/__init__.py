"""Proposals out to where people correct them, and their decisions back."""
