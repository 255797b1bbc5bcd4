"""What the user has set: the values, their file, and the little that is remembered without one."""
