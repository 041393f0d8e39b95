"""Custom actions of the sample shop: what leaves the Rasa process, one file a capability."""
