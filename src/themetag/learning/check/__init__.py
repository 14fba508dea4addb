"""What a person should look at in a labelled table before it trains."""
