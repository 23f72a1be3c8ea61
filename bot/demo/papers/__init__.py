"""The papers of the episode, and the pages they are printed on."""
