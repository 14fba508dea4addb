"""An award page → draft entries: cut into lines, sections and blocks, then rows of a table."""
