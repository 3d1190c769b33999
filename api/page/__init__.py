"""The page: the search, the documents and their viewer, and the managing of a corpus, as HTML that works without a script.

Templates get plain values and escape all of them; words of the page stand in `labels`, in both languages.
"""
