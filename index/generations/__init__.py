"""What is published: immutable folders, verified before they are read, and one pointer that moves atomically.

The order of publishing is a promise with fault tests: change it only with them.
"""
