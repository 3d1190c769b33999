"""What a request may cost: who may do what (`access`), how many at once, how large, how often.

A bound is checked before any work is done for the request; how a question is answered never stands here.
"""
