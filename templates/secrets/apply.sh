# The files above are all there is to it; who uses one is restarted by its own role, which a change of theirs runs again.
