"""A browser without its window: what it asks for, a person asks for."""

from django.test import Client

from majorops.people.models import Person


def browser_of(person: Person) -> Client:
    """Somebody signed in."""
    client = Client()
    client.force_login(person)
    return client
