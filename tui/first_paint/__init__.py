"""The newest events on the screen before Textual is loaded, where it draws the same ones again."""
