"""Everything that learns or measures; only the learning commands enter here."""
