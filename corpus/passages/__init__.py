"""From blocks to passages: sections, whole sentences, and what each passage stands under.

A change here changes every index: the recipe's fingerprint sees it.
"""
