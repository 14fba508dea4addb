"""Texts read in machine code: the scores of `passages.read`, to the last bit, many times as fast.

Only bulk tagging enters here, and only where numba is installed (`pip install "themetag[fast]"`).
`alphabet` and `index` put what `text` and `linear` know into arrays; `scan`, `count` and `kernel`
work on those, and `reader` is the way in.
"""
