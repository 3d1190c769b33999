"""From PDF, Word and web pages to a text that the reader of Markdown takes, with the page of each line where it has one.

Files of these formats are read in a process of their own (`process.py`): nothing of them runs, nothing is fetched, and what
crashes or hangs costs one file.
"""
