"""Replies: localized texts, and what is composed of them around a decision. No Rasa in here."""
