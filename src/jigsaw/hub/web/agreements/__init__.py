"""Read, write, compare and sign what the partners agreed to share."""
