"""The web application in which agents take conversations over from the assistant."""
