"""Answer another agency’s request, item by item."""
