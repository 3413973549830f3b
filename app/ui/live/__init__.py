"""The live map, its work list, and the cards of what is picked there."""
