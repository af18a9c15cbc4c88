"""The vendors of the demonstration, their contracts, and the representative who reads as a guest."""

from collections.abc import Mapping
from datetime import datetime

from afteractions.models import GuestLink
from afteractions.operations.guest_links import path_of
from incidents.models import Vendor
from majorops.people.models import Person

CONTRACTS = {
    "Chainguard": (60, 10),
    "Docker Hub": (240, 15),
    "Amazon Web Services": (60, 10),
    "Heroku": (30, 5),
    "NameSilo": (1440, 20),
    "Cloudflare": (60, 10),
    "LastPass": (240, 15),
}


def know_vendors(people: Mapping[str, Person]) -> None:
    """Each vendor with its contract, known before the incident (Seed: Vendor After Actions)."""
    for name, (response, term) in CONTRACTS.items():
        key = name.lower().replace(" ", "-")
        representative = Person(
            full_name="Vera Quillfeather" if name == "Chainguard" else f"{name} support",
            contact_key=f"{key}-representative",
            contact_scope="vendors",
            contact_email=f"{key}@vendor.example",
            job_title=f"Account Manager, {name}",
        )
        representative.set_unusable_password()
        representative.save()
        Vendor.objects.create(
            name=name,
            response_sla_minutes=response,
            rca_term_days=term,
            representative=representative,
            service_manager=people["vendors"],
            # One contract lacks its escalation contact, as the page of vendors says.
            escalation_contact=""
            if name == "NameSilo"
            else f"{name} priority support, then its duty manager",
        )


def guest_link(*, now: datetime) -> str | None:
    """The path of a vendor representative's link that is still good at `now`."""
    link = GuestLink.objects.filter(revoked_at__isnull=True, expires_at__gt=now).order_by("-id").first()
    return path_of(link) if link else None
