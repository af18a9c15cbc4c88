"""Demonstration data: the ten worked incidents, moved to recent weeks and told to different ends."""
