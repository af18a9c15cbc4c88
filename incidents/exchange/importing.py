"""Taking in a document `majorops.incident/1`: all of it or nothing, and once."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import Model, Q

from incidents.access import can_declare, can_import_history, can_see
from incidents.exchange.document import check_document
from incidents.exchange.document_parts import DocumentMtm, IncidentDocument
from incidents.exchange.document_reading import keys_of, person
from incidents.exchange.document_times import instants_of
from incidents.exchange.exporting import export_document
from incidents.models import (
    CommandAssignment,
    ImpactStatement,
    Incident,
    IncidentAccess,
    IncidentService,
    Milestone,
    Mtm,
    MtmAction,
    MtmAttendance,
    PhaseEntry,
    RecoveryTrack,
    RepeatDecision,
    Service,
    SeverityChange,
    StatusUpdate,
    TimelineEvent,
    VendorEngagement,
)
from incidents.operations.close import REQUIREMENT, decide_requirement
from incidents.operations.figures import keep_figures
from incidents.operations.names import service_named, vendor_named
from incidents.signals import record_changed
from incidents.vocabulary import MILESTONES, CommandRole, ImpactField, MilestoneKind
from majorops.audit import trail
from majorops.errors import BadInput, NotAllowed, Problem, RuleViolation
from majorops.people.models import Person
from majorops.people.operations.organisation import organisation_zone

ELSEWHERE = "Another incident already has this external_id. Nothing was changed."
AHEAD = timedelta(minutes=5)


@dataclass(frozen=True)
class Imported:
    """The incident, and whether this import made it or found it there."""

    incident: Incident
    created: bool


def fingerprint(raw: Mapping[str, Any]) -> str:
    """SHA-256 of a document's content, whatever the order of its keys and its white space."""
    return hashlib.sha256(json.dumps(raw, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


@transaction.atomic
def import_document(raw: Any, *, history: bool, by: Person | None, now: datetime) -> Imported:
    """The incident of one document. The same document again changes nothing and answers with what is there.

    As `history` (administrators only) nobody is told and nothing escalates. Raises BadInput with the paths inside
    the document; RuleViolation when the external_id is taken by other content; NotAllowed.
    """
    if by is not None and not (can_import_history(by) if history else can_declare(by)):
        raise NotAllowed(
            "Only an administrator imports history."
            if history
            else "Your account reads incidents and imports none."
        )
    checked = check_document(raw)
    if checked.document is None:
        raise BadInput(checked.problems)
    document = checked.document
    refuse_the_future(document, now=now)
    with connection.cursor() as cursor:
        # One import of an id at a time: the second one finds what the first one made.
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [document.external_id])
    there = find(document.external_id)
    if there is not None:
        return answer_again(there, raw, by=by)
    incident = Importing(document, raw, history=history, by=by, now=now).run()
    link_waiting(incident, now=now)
    return Imported(incident, created=True)


def find(external_id: str) -> Incident | None:
    """The incident that was imported under this id, or was captured here under this reference."""
    there = Incident.objects.filter(
        Q(external_id=external_id) | Q(reference=external_id, external_id__isnull=True)
    )
    # The one imported under this id before the one that only has it as its reference.
    return max(there.order_by(), key=lambda incident: incident.external_id is not None, default=None)


def answer_again(there: Incident, raw: Mapping[str, Any], *, by: Person | None) -> Imported:
    """What is there, when it is the same; else RuleViolation, in the same words whether or not `by` may see it."""
    if by is not None and not can_see(by, there):
        raise RuleViolation(ELSEWHERE)
    content = fingerprint(raw)
    if content not in (there.document_sha256, fingerprint(export_document(there))):
        raise RuleViolation(ELSEWHERE)
    return Imported(there, created=False)


def refuse_the_future(document: IncidentDocument, *, now: datetime) -> None:
    """Raises BadInput where something happened ahead of `now`, clocks of other systems being a little off."""
    ahead = [
        Problem(path, "This lies in the future. Give the instant at which it happened.")
        for path, at in instants_of(document)
        if at > now + AHEAD
    ]
    if ahead:
        raise BadInput(ahead)


class Importing:
    """One document on its way into rows. The incident is written open, its record entered, then closed."""

    def __init__(
        self,
        document: IncidentDocument,
        raw: Mapping[str, Any],
        *,
        history: bool,
        by: Person | None,
        now: datetime,
    ) -> None:
        self.document, self.raw, self.history, self.by, self.now = document, raw, history, by, now
        known = [at for kind in MILESTONES if (at := document.milestones.at(kind)) is not None]
        # Facts without an instant of their own were true from the start of the record.
        self.began_at = min(known, default=now)
        self.people: dict[str, Person] = {}
        self.services: dict[str, Service] = {}

    def run(self) -> Incident:
        self.incident = self.write_incident()
        self.people = self.write_people()
        self.write_services()
        self.write_statements()
        self.write_log()
        self.write_vendors()
        for mtm in self.document.mtms:
            self.write_mtm(mtm)
        self.let_people_in()
        self.finish()
        return self.incident

    def person(self, key: str | None) -> Person | None:
        return self.people[key] if key is not None else None

    def write_incident(self) -> Incident:
        document = self.document
        earlier = (
            Incident.objects.filter(external_id=document.repeat_of).first() if document.repeat_of else None
        )
        return Incident.objects.create(
            external_id=document.external_id,
            document_sha256=fingerprint(self.raw),
            source_url=document.source_url,
            organisation=document.organisation,
            title=document.title,
            summary=list(document.summary) if document.summary is not None else None,
            tags=list(document.tags) if document.tags is not None else None,
            time_zone=document.time_zone or organisation_zone(),
            restricted=document.restricted,
            history=self.history,
            recorded_at=self.now,
            recorded_by=self.by,
            severity=document.severity,
            highest_severity=document.severity,
            **{
                f"{kind}_at": document.milestones.at(kind)
                for kind in MILESTONES
                if kind is not MilestoneKind.CLOSED
            },
            **self.impact(),
            is_repeat=document.is_repeat or document.repeat_of is not None,
            repeat_of=earlier,
            repeat_of_external_id=document.repeat_of,
            imported_review=self.raw.get("review"),
            root_cause=self.root_cause(),
        )

    def root_cause(self) -> str:
        data = self.document.review.root_cause if self.document.review else None
        return ". ".join([data.failure or "", *data.contributing_factors]).strip(". ") if data else ""

    def impact(self) -> dict[str, Any]:
        return {**asdict(self.document.impact), "unusual_factors": self.document.unusual_factors}

    def write_people(self) -> dict[str, Person]:
        """Accounts where the address is one's, contacts of this incident for all others."""
        addresses = [one.email.lower() for one in self.document.people if one.email]
        accounts = {person.email: person for person in Person.objects.accounts().filter(email__in=addresses)}
        contacts = Person.objects.bulk_create(
            Person(
                full_name=one.name,
                contact_key=one.key,
                contact_scope=self.incident.reference,
                contact_email=one.email or "",
                time_zone=self.incident.time_zone,
                password="!",
            )
            for one in self.document.people
            if (one.email or "").lower() not in accounts
        )
        people = {contact.contact_key: contact for contact in contacts}
        return {
            one.key: people.get(one.key) or accounts[(one.email or "").lower()]
            for one in self.document.people
        }

    def service(self, name: str) -> Service:
        if name not in self.services:
            self.services[name] = service_named(name)
        return self.services[name]

    def write_services(self) -> None:
        for position, row in enumerate(self.document.services):
            owner = self.person(row.owner)
            service = self.service(row.name)
            IncidentService.objects.create(
                incident=self.incident, service=service, owner=owner, position=position
            )

    def write_statements(self) -> None:
        SeverityChange.objects.create(
            incident=self.incident,
            severity=self.document.severity,
            highest_severity=self.document.severity,
            at=self.began_at,
        )
        ImpactStatement.objects.bulk_create(
            ImpactStatement(incident=self.incident, field=field, value=value, at=self.began_at)
            for field, value in self.impact().items()
            if field in set(ImpactField) and value is not None
        )

    def write_log(self) -> None:
        document, incident = self.document, self.incident
        Milestone.objects.bulk_create(
            Milestone(incident=incident, kind=kind, at=at)
            for kind in MILESTONES
            if (at := document.milestones.at(kind)) is not None
        )
        communications = document.stakeholder_communications
        self.write(Milestone, communications, kind=MilestoneKind.STAKEHOLDER_COMMUNICATION)
        self.write(PhaseEntry, document.phases)
        self.write(TimelineEvent, document.timeline)
        self.write(StatusUpdate, document.status_updates)
        self.write(CommandAssignment, document.command)
        self.write(RecoveryTrack, document.tracks)

    def write_vendors(self) -> None:
        for engaged in self.document.vendors:
            values = self.values(engaged)
            del values["name"], values["rca"]
            if engaged.rca is not None:
                values.update(self.values(engaged.rca), has_rca=True)
            VendorEngagement.objects.create(
                incident=self.incident, vendor=vendor_named(engaged.name), **values
            )

    def write(self, model: type[Model], entries: Iterable[Any], **more: Any) -> None:
        """The entries of one list as rows of the incident."""
        rows = [model(incident=self.incident, **self.values(entry), **more) for entry in entries]
        model._default_manager.bulk_create(rows)

    def values(self, entry: Any) -> dict[str, Any]:
        """What an entry says, by the attributes of its row, with its people."""
        return {
            key.attribute: self.person(getattr(entry, key.attribute))
            if key.read is person
            else getattr(entry, key.attribute)
            for key in keys_of(entry.__class__)
        }

    def write_mtm(self, one: DocumentMtm) -> None:
        values = {**self.values(one), "notes": asdict(one.notes)}
        del values["attendees"], values["actions"]
        mtm = Mtm.objects.create(incident=self.incident, **values)
        MtmAttendance.objects.bulk_create(
            MtmAttendance(mtm=mtm, person=person, position=position)
            # Two keys of the document may be one account: it attends once.
            for position, person in enumerate(dict.fromkeys(self.people[key] for key in one.attendees))
        )
        MtmAction.objects.bulk_create(
            MtmAction(mtm=mtm, position=position, **self.values(action))
            for position, action in enumerate(one.actions)
        )

    def let_people_in(self) -> None:
        """Everybody with an account whom the record names, and whoever imports it, may know of it."""
        named = {person.pk: "named in the record" for person in self.people.values() if not person.is_contact}
        if self.by is not None:
            named.setdefault(self.by.pk, "imported it")
        IncidentAccess.objects.bulk_create(
            IncidentAccess(incident=self.incident, person_id=key, why=why, since=self.now)
            for key, why in named.items()
        )

    def finish(self) -> None:
        """The close, with its requirement, in the one UPDATE that the record's guards allow; then all are told."""
        incident, closed_at = self.incident, self.document.milestones.closed
        commanders = [one for one in self.document.command if one.role is CommandRole.MIM]
        incident.mim = self.person(commanders[-1].person) if commanders else None
        incident.closed_at = closed_at
        incident.ended_without_close = self.history and closed_at is None
        decide_requirement(incident, by=self.by, now=self.now)
        incident.save(update_fields=["mim", "closed_at", "ended_without_close", *REQUIREMENT])
        incident.refresh_from_db(fields=["status", "began_at", "listed_at"])
        keep_figures(incident)
        trail.record(
            "imported as history" if self.history else "imported",
            incident,
            by=self.by,
            at=self.now,
            scope=incident.reference,
            changes={"external_id": (None, incident.external_id)},
        )
        record_changed.send(
            sender=Incident, incident=incident, entry=None, by=self.by, at=closed_at or self.now, now=self.now
        )


def link_waiting(incident: Incident, *, now: datetime) -> None:
    """Links the incidents that repeat this one and came before it."""
    waiting = Incident.objects.select_for_update().filter(
        repeat_of_external_id=incident.external_id, repeat_of__isnull=True
    )
    for repeat in waiting.exclude(pk=incident.pk).order_by():
        # The decision first: a closed incident changes only to what one says (migration 0022).
        decision = RepeatDecision.objects.create(
            incident=repeat,
            repeat_of=incident,
            is_repeat=True,
            at=now,
            reason="The incident that it names arrived.",
        )
        repeat.repeat_of = incident
        repeat.version += 1
        repeat.save(update_fields=["repeat_of", "version"])
        keep_figures(repeat)
        trail.record(
            "linked the repeat",
            decision,
            by=None,
            at=now,
            scope=repeat.reference,
            changes={"repeat_of": (None, incident)},
        )
        record_changed.send(sender=Incident, incident=repeat, entry=decision, by=None, at=now, now=now)
