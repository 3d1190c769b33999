"""Citation styles: one file a style, each a function from a source to text.

A style is added in its own file and to the table of this package.
"""
