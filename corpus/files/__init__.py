"""From a folder to decoded files: which are read, in what encoding, with what front matter and what English beside them.

A file's trouble is that file's: it is named with its reason, and all else is read.
"""
