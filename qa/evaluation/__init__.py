"""Measuring and fitting: datasets in, figures with intervals or weights out.

Only the command line comes in here; what answers questions imports nothing of it.
"""
