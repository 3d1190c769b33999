"""What a serving process holds and how it lives: `Runtime`, its upkeep, its rebuild tasks, and the workers beside it.

Nothing here knows a route or a page; whatever background work meets, it goes on and says so.
"""
