"""What can be falsified in a sign-in: the catalogue by name, and for each name how it is done."""
