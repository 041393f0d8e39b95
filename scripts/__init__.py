"""Set up, train and run the assistant of this folder on one machine."""
