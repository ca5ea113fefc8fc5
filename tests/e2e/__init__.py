"""The journeys of real people, in a real browser, on the whole stack that ``make run`` starts."""
