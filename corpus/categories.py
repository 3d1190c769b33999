"""What the categories of terms are, which are the names of their files: whatever goes by a category has its list here.

A file of another name is none of these: its concepts are things that texts are about, and definite where their English name
has a capital.
"""

# Concepts of these are definite, each one thing told from others, unless their row says otherwise.
DEFINITE = frozenset({"diseases", "cells", "molecules", "anatomy", "delivery", "mechanisms", "treatments"})
# Where a question names one of these that no text does, the texts don't tell.
SOUGHT = frozenset({"diseases", "cells", "molecules", "treatments"})
# What things are asked or compared by, such as mechanism or safety.
ASPECTS = frozenset({"general", "trials"})
# What a question's next part isn't about by itself: 'it' there means something named before.
GENERAL = "general"
# A sentence that names one of these is about that one, whatever its headings say.
DISEASES = "diseases"
