"""Sign-in for a run: the identity provider that it signs in with, on its address, and who is signed in by it."""
