"""The door for other hubs: signed letters in, signed letters out."""
