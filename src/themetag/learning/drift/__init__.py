"""What is different about new entries before anybody has labelled them."""
