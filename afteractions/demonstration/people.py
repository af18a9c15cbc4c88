"""The fictitious people of the demonstration, their teams, managers and groups."""

from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group

from majorops.people.groups import GroupName
from majorops.people.models import Organisation, Person, Team

DOMAIN = "majorops.example"
# Printed at the first start: the demonstration listens on this machine alone, and nothing in it is secret.
PASSWORD = "what-did-we-learn"


@dataclass(frozen=True)
class Role:
    """One fictitious person. `key` is also the local part of the address."""

    key: str
    name: str
    title: str
    team: str
    manager: str | None
    zone: str
    groups: tuple[GroupName, ...] = ()


CAST = (
    Role("director", "Idris Falkenrath", "Director of Operations", "Operations", None, "Europe/London"),
    Role(
        "manager",
        "Helena Brandauer",
        "Head of Technology Operations",
        "Operations",
        "director",
        "Europe/London",
    ),
    Role(
        "mim",
        "Mara Lindqvist-Osei",
        "Major Incident Manager",
        "Operations",
        "manager",
        "Europe/London",
        (GroupName.MIM,),
    ),
    Role(
        "mim2",
        "Tomasz Okonkwo",
        "Major Incident Manager",
        "Operations",
        "manager",
        "America/New_York",
        (GroupName.MIM,),
    ),
    Role(
        "platform",
        "Petra Vasquez-Lund",
        "Platform Engineering Manager",
        "Platform",
        "manager",
        "Europe/London",
    ),
    Role("lead", "Jun Castellane", "Principal Engineer", "Platform", "platform", "Europe/Berlin"),
    Role(
        "attendee",
        "Zoë O'Brien-Łukasz",
        "Site Reliability Engineer",
        "Platform",
        "platform",
        "Europe/Dublin",
    ),
    Role(
        "owner",
        "Oskar Wrenfield",
        "Platform Engineer",
        "Platform",
        "platform",
        "Europe/Berlin",
    ),
    Role("engineer", "Priya Narayan-Holt", "Platform Engineer", "Platform", "platform", "Asia/Kolkata"),
    Role("former", "Ansgar Lievenberg", "Platform Engineer", "Platform", "platform", "Europe/Berlin"),
    Role("security", "Lucía Marchetti-Boyd", "Security Engineer", "Security", "director", "Europe/Madrid"),
    Role(
        "communications",
        "Nadia Ferrante",
        "Communications Lead",
        "Communications",
        "director",
        "Europe/London",
        (GroupName.COMMUNICATIONS,),
    ),
    Role(
        "liaison",
        "Ruben Achterberg",
        "Internal Liaison",
        "Communications",
        "communications",
        "Europe/Amsterdam",
        (GroupName.INTERNAL_LIAISON,),
    ),
    Role(
        "vendors",
        "Colette Amundsen",
        "Service Manager",
        "Vendor Management",
        "manager",
        "Europe/Paris",
        (GroupName.SERVICE_MANAGER,),
    ),
    Role(
        "auditor",
        "Gwendolyn Achebe-Stone",
        "Internal Auditor",
        "Audit",
        None,
        "Europe/London",
        (GroupName.AUDITOR,),
    ),
    Role(
        "admin",
        "Sanne Adeyemi",
        "System Administrator",
        "Operations",
        "director",
        "Europe/London",
        (GroupName.ADMINISTRATOR,),
    ),
)

SIGN_INS = (
    ("MIM", "mim"),
    ("Attendee", "attendee"),
    ("Manager", "manager"),
    ("Action owner", "owner"),
    ("Communications", "communications"),
    ("Service Manager", "vendors"),
    ("Administrator", "admin"),
)


def address(key: str) -> str:
    return f"{key}@{DOMAIN}"


def describe_the_organisation(now: datetime) -> None:
    """Its first day is over."""
    kept = {"name": "Demonstration", "first_steps_hidden_at": now}
    Organisation.objects.update_or_create(pk=1, defaults=kept)


def make_people() -> dict[str, Person]:
    """Everybody of the cast, by key. All sign in with PASSWORD."""
    groups = {name: Group.objects.get_or_create(name=name.value)[0] for name in GroupName}
    people: dict[str, Person] = {}
    # Hashed once: hashing is slow on purpose, and these passwords are no secret.
    password = make_password(PASSWORD)
    for role in CAST:
        person = Person.objects.create(
            email=address(role.key),
            password=password,
            full_name=role.name,
            handle=role.key,
            job_title=role.title,
            team=Team.objects.get_or_create(name=role.team)[0],
            manager=people[role.manager] if role.manager else None,
            time_zone=role.zone,
        )
        person.groups.set([groups[name] for name in role.groups])
        people[role.key] = person
    for team, lead in (
        ("Operations", "manager"),
        ("Platform", "platform"),
        ("Communications", "communications"),
    ):
        Team.objects.filter(name=team).update(lead=people[lead])
    return people


def sign_ins() -> list[tuple[str, str]]:
    """What is printed at the first start: the role and its address."""
    return [(row, address(key)) for row, key in SIGN_INS]
