"""Transfer of a conversation to a person: the queue, and the way back into Rasa."""
