"""The Learning Review as it stands: what people wrote, merged with what the record gives. Every section of the
document is made here, for the API (people by identifier) and for the frozen revision (people by name) alike.

Seed: "reconstructed from the MajorOps record, not re-narrated from memory".
"""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import F, Q, QuerySet

from afteractions.documents.revision import expected_of
from afteractions.models import AfterAction, AntiPatternOccurrence, Change, Section, VendorFollowUp
from afteractions.operations.facts import is_history, known_since
from afteractions.operations.review.record_view import Record
from afteractions.operations.review.sections import no_single_match, normal, people_named
from afteractions.operations.vendor_facts import vendor_facts
from afteractions.queries.after_actions import current_files
from afteractions.rules.deadlines.calendar import local_date
from afteractions.rules.deadlines.deadlines import rca_due
from afteractions.rules.followup.vendor_response import response_verdict
from afteractions.rules.review.root_cause import root_cause_of
from afteractions.rules.review.rows import lists_of
from afteractions.rules.review.statement_text import learning_statement
from afteractions.timeline import picture_as_document
from afteractions.vocabulary import ChangeKind, SectionKey
from incidents.models import Incident, VendorEngagement
from incidents.queries.incidents import incident_page
from incidents.rules.gaps.findings import gap_findings
from incidents.rules.response.mtm import AGENDA
from incidents.rules.response.vendor_terms import stated_sla
from incidents.vocabulary import CommandRole, MilestoneKind, Phase
from majorops.errors import Problem
from majorops.formatting.time_words import day_words
from majorops.people.models import Person
from majorops.prepared import prepared

MAY_BE_EMPTY = ("executive_reason", "organisational_reason", "effect", "strength")
KEY_ROLES = tuple(role for role in CommandRole if role is not CommandRole.MIM)


def full_name_of(person: Person | None) -> str | None:
    """A person as documents and pages name one."""
    return str(person) if person else None


def identifier(person: Person | None) -> str | None:
    """A person as the API names one."""
    return person.identifier if person else None


def instant(at: datetime | None) -> str | None:
    """An instant as documents and API write it: ISO 8601 in UTC."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z") if at else None


def day(on: date | None) -> str | None:
    """A date as the review writes it."""
    return on.isoformat() if on else None


@prepared
def _sections(*, after_action: int) -> QuerySet[Section]:
    return Section.objects.filter(after_action=after_action).select_related("confirmed_by", "updated_by")


@prepared
def _changes(*, after_action: int) -> QuerySet[Change]:
    """The changes of the review, and what the MTMs agreed; `mtm_number` says by which."""
    counting = Q(removed_at__isnull=True) | Q(mtm_action__isnull=False)
    changes = Change.objects.filter(counting, after_action=after_action).select_related("owner")
    return changes.annotate(mtm_number=F("mtm_action__mtm__number"))


class Review:
    """One reading of the review at the instant `at`. Each part is loaded once, when it is first asked for, so that one
    section costs little and the whole document a constant number of statements."""

    def __init__(
        self,
        after_action: AfterAction,
        *,
        at: datetime,
        named: Callable[[Person | None], str | None] = identifier,
    ) -> None:
        self.after_action = after_action
        self.incident: Incident = after_action.incident
        self.record = Record(after_action.incident, at=at)
        self.named = named

    def content(self, key: SectionKey) -> Any:
        """The section in the shape of api.md and of the revision document."""
        return getattr(self, key.value)()

    def document(self) -> dict[str, Any]:
        """All sections, in order."""
        return {key.value: self.content(key) for key in SectionKey}

    # What is loaded

    @cached_property
    def sections(self) -> dict[str, Section]:
        return {section.key: section for section in _sections(after_action=self.after_action.pk)}

    @cached_property
    def _changes(self) -> list[Change]:
        return _changes(after_action=self.after_action.pk)

    @cached_property
    def rows(self) -> list[Change]:
        """What an MTM agreed is an action item, and no change of the review."""
        return [change for change in self._changes if change.mtm_action_id is None]

    @cached_property
    def mtm_items(self) -> list[Change]:
        agreed = [change for change in self._changes if change.mtm_action_id is not None]
        return sorted(agreed, key=lambda change: (change.mtm_number, change.pk))  # type: ignore[attr-defined]

    @cached_property
    def follow_ups(self) -> dict[int, VendorFollowUp]:
        vendor_follow_ups = (
            VendorFollowUp.objects.filter(after_action=self.after_action)
            .select_related("service_manager")
            .prefetch_related("items")
            .defer("rca_file")
        )
        return {follow_up.engagement_id: follow_up for follow_up in vendor_follow_ups}

    @cached_property
    def anti_patterns(self) -> list[AntiPatternOccurrence]:
        return list(self.after_action.anti_patterns.select_related("by"))

    @cached_property
    def assessors(self) -> dict[str, Person]:
        """Who assessed the deviations, under the normal form of their identifiers."""
        names = [row.get("assessed_by") for row in self._named_rows(SectionKey.EXPECTED)[0]]
        return people_named(names, scope=self.incident.reference)

    def written(self, key: SectionKey, empty: Any) -> Any:
        section = self.sections.get(key)
        return section.content if section is not None and section.content else empty

    def evidence(self) -> list[dict[str, Any]]:
        """The files of evidence that count, as the document lists them beside its sections."""
        return [
            {
                "reference": file.reference,
                "name": file.name,
                "note": file.note,
                "kind": file.kind,
                "size": file.size,
                "sha256": file.sha256,
                "url": file.url,
                "by": self.named(file.by),
                "at": instant(file.at),
            }
            for file in current_files(self.after_action)
        ]

    # The sections

    def summary(self) -> dict[str, Any]:
        incident = self.incident
        written = self.written(SectionKey.SUMMARY, {})
        return {
            "reference": incident.reference,
            "title": incident.title,
            "severity": incident.severity,
            "highest_severity": incident.highest_severity,
            "time_zone": incident.time_zone,
            "duration": self.record.figures.duration.seconds,
            "metrics": self._metrics(),
            "services": [service.service.name for service in incident_page(incident).affected_services.all()],
            "business_impact": written.get("business_impact", incident.business or "") or None,
            "customer_impact": written.get("customer_impact") or None,
            "external": incident.external,
            "customers_affected": incident.customers_affected,
            "revenue_exposure": incident.revenue_exposure,
            "sla_status": incident.sla_status,
            "regulatory_exposure": incident.regulatory_exposure,
            "mim": self.named(incident.mim),
            "key_responders": self._responders(),
        }

    def _metrics(self) -> list[dict[str, Any]]:
        return [
            {"key": metric.key, "label": metric.label, "seconds": metric.seconds}
            for metric in self.record.figures.all()
        ]

    def _responders(self) -> list[dict[str, Any]]:
        held = dict.fromkeys(
            (assignment.role, assignment.person)
            for assignment in self.record.command
            if assignment.role in KEY_ROLES
        )
        return [{"role": role, "name": self.named(person)} for role, person in held]

    def record_findings(self) -> dict[str, Any]:
        return {
            "gaps": [
                {
                    "kind": gap.kind.value,
                    "text": gap.text,
                    "section": gap.section,
                    "serious": gap.serious,
                    "count": gap.count,
                }
                for gap in gap_findings(self.record.gaps)
            ],
            "after_the_fact": self._after_the_fact(),
            "unfinished_actions": self._unfinished_actions(),
            "mtm_notes": [self._mtm_notes(mtm) for mtm in self.record.mtms],
            "anti_patterns": [
                {
                    "kind": pattern.kind,
                    "named_at": instant(pattern.named_at),
                    "by": self.named(pattern.by) or "system",
                    "evidence": pattern.latest_evidence,
                }
                for pattern in self.anti_patterns
            ],
        }

    def _after_the_fact(self) -> list[dict[str, Any]]:
        entries = [
            *((event.at, event.logged_at, event.text, event.by) for event in self.record.events),
            *(
                (update.sent_at, update.logged_at, f"Status update: {update.text}", update.by)
                for update in self.record.updates
            ),
            *(
                (entry.at, entry.logged_at, f"Milestone: {MilestoneKind(entry.kind).label}", entry.by)
                for entry in self.record.milestones
                if entry.kind != MilestoneKind.CLOSED
            ),
            *(
                (phase.entered_at, phase.logged_at, f"Phase: {Phase(phase.phase).label}", phase.by)
                for phase in self.record.phases
                if phase.phase != Phase.CLOSED
            ),
        ]
        late = [entry for entry in entries if self.record.is_late(entry[0], entry[1])]
        return [
            {"at": instant(at), "logged_at": instant(logged_at or at), "text": text, "by": self.named(by)}
            for at, logged_at, text, by in sorted(late, key=lambda entry: entry[0])
        ]

    def _unfinished_actions(self) -> list[dict[str, Any]]:
        """Domain: "a prior learning was not implemented"."""
        if self.incident.repeat_of_id is None:
            return []
        prior = (
            Change.objects.filter(
                after_action__incident=self.incident.repeat_of_id,
                # What is restricted is not told in a review that others read.
                after_action__incident__restricted=False,
                removed_at__isnull=True,
                resolved_at__isnull=True,
            )
            .exclude(kind=ChangeKind.CONTINUE)
            .select_related("owner", "after_action__incident")
        )
        return [
            {
                "reference": change.reference,
                "change": change.sentence,
                "owner": self.named(change.owner) or change.owner_words or None,
                "due_on": day(change.due_on),
                "status": change.status,
                "incident": change.after_action.incident.reference,
            }
            for change in prior
        ]

    def _mtm_notes(self, mtm: Any) -> dict[str, Any]:
        agreed = {action.pk for action in mtm.actions.all()}
        return {
            "number": mtm.number,
            "started_at": instant(mtm.started_at),
            "ended_at": instant(mtm.ended_at),
            "notes": [[point.title, mtm.notes[point.key]] for point in AGENDA if mtm.notes.get(point.key)],
            "open_actions": [
                self._open_action(item)
                for item in self.mtm_items
                if item.mtm_action_id in agreed and not item.is_resolved
            ],
        }

    def _open_action(self, item: Change) -> str:
        """What a meeting agreed and nobody has settled, with its reference, whose it is and by when."""
        owed = [item.reference, self.named(item.owner), item.due_on and f"due {day_words(item.due_on)}"]
        return f"{item.change} ({', '.join(part for part in owed if part)})"

    def timeline(self) -> dict[str, Any]:
        picture = self.record.picture(**self.timeline_marks())
        return {"picture": picture_as_document(picture), "metrics": self._metrics()}

    def timeline_marks(self) -> dict[str, list[str]]:
        """Which entries are hidden and which highlighted, by their keys (`event:12`, `update:3`)."""
        return {"hidden": [], "highlighted": [], **self.written(SectionKey.TIMELINE, {})}

    def timeline_entries(self) -> list[dict[str, Any]]:
        """Every event and update with its key and mark, hidden ones included, for the person who decides."""
        marks = self.timeline_marks()
        entries = [
            *((f"event:{event.pk}", event.at, event.kind, event.text, event) for event in self.record.events),
            *(
                (f"update:{update.pk}", update.sent_at, update.audience, update.text, update)
                for update in self.record.updates
            ),
        ]
        return [
            {
                "id": key,
                "at": instant(at),
                "kind": kind,
                "text": text,
                "by": self.named(row.by),
                "after_the_fact": self.record.is_late(at, row.logged_at),
                "hidden": key in marks["hidden"],
                "highlighted": key in marks["highlighted"],
            }
            for key, at, kind, text, row in sorted(entries, key=lambda entry: entry[1])
        ]

    def expected(self) -> dict[str, list[dict[str, Any]]]:
        data = lists_of(SectionKey.EXPECTED, self.written(SectionKey.EXPECTED, {}))
        return {
            "deviations": [
                {
                    **self._id(row),
                    "expected": row.get("expected", ""),
                    "actual": row.get("actual", ""),
                    "kind": row.get("kind", ""),
                    "reference": row.get("reference") or None,
                    "assessment": row.get("assessment") or None,
                    "assessed_at": row.get("assessed_at"),
                    **self._who("assessed_by", self.assessors.get(normal(row.get("assessed_by") or "")), row),
                }
                for row in data["deviations"]
            ],
            "ways": [{**self._id(way), "text": way["text"], "kind": way["kind"]} for way in data["ways"]],
        }

    def _id(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """What a row is called while it is written: a document names none."""
        return {} if self.named is full_name_of else {"id": row["id"]}

    def _who(self, field: str, person: Person | None, row: Mapping[str, Any]) -> dict[str, str | None]:
        """In a document somebody whom nobody is known by counts by the words; in the API only a person does, and the
        words stand beside."""
        text = row.get(f"{field}_text") or ""
        if self.named is full_name_of:
            return {field: self.named(person) or text or None}
        return {field: self.named(person), f"{field}_text": "" if person else text}

    def warnings(self, key: SectionKey) -> list[Problem]:
        """What is kept although it does not count yet: whoever is named in words that nobody is known by."""
        rows, field, path = self._named_rows(key)
        return [
            Problem(f"{path}[{number}].{field}", no_single_match(row[f"{field}_text"]))
            for number, row in enumerate(rows)
            if row.get(f"{field}_text") and not row.get(field)
        ]

    def _named_rows(self, key: SectionKey) -> tuple[list[dict[str, Any]], str, str]:
        if key is SectionKey.EXPECTED:
            return expected_of(self.written(key, {}))["deviations"], "assessed_by", "expected.deviations"
        if key is SectionKey.CHANGES:
            owners = [{"owner": row.owner, "owner_text": row.owner_words} for row in self.rows]
            return owners, "owner", "changes"
        return [], "", ""

    def root_cause(self) -> dict[str, Any]:
        return root_cause_of(self.written(SectionKey.ROOT_CAUSE, {}))

    def went_well(self) -> list[dict[str, Any]]:
        rows = lists_of(SectionKey.WENT_WELL, self.written(SectionKey.WENT_WELL, []))[""]
        return [self._id(row) | {"text": row["text"], "kind": row["kind"]} for row in rows]

    def changes(self) -> list[dict[str, Any]]:
        references: dict[int | None, str] = {row.pk: row.reference for row in self.rows}
        return [
            {
                "id": change.reference,
                "kind": change.kind,
                "gap": change.gap,
                "change": change.change,
                **self._who("owner", change.owner, {"owner_text": change.owner_words}),
                "due_on": day(change.due_on),
                "look_on": day(change.look_on),
                "takes_up": references.get(change.takes_up_id),
                **{name: getattr(change, name) or None for name in MAY_BE_EMPTY},
            }
            for change in self.rows
        ]

    def _owner(self, change: Change) -> str | None:
        """In a document an owner named in an import counts by those words; in the API only a person does."""
        words = change.owner_words if self.named is full_name_of else ""
        return self.named(change.owner) or words or None

    def learning_statements(self) -> list[dict[str, Any]]:
        return [
            {
                "change": change.reference,
                "text": learning_statement(
                    ChangeKind(change.kind),
                    change.gap,
                    change.change,
                    full_name_of(change.owner) or change.owner_words,
                    change.due_on,
                ),
                "state": change.state_of_learning.value,
            }
            for change in self.rows
        ]

    def action_items(self) -> list[dict[str, Any]]:
        return [
            {
                "reference": change.reference,
                "item": change.sentence,
                "owner": self._owner(change),
                "due_on": day(change.due_on),
                "status": change.status,
                "source": change.source.value,
            }
            for change in (*self.rows, *self.mtm_items)
            if change.kind != ChangeKind.CONTINUE
        ]

    def vendors(self) -> list[dict[str, Any]]:
        first = self.record.first_engagements
        return [self._vendor(one, self.follow_ups.get(first[one.pk])) for one in self.record.engagements]

    def _vendor(self, engagement: VendorEngagement, follow_up: VendorFollowUp | None) -> dict[str, Any]:
        related = engagement.root_cause_related
        if follow_up is not None and follow_up.root_cause_related is not None:
            related = follow_up.root_cause_related
        manager = follow_up.service_manager if follow_up else engagement.vendor.service_manager
        answered = engagement.responded_at and engagement.engaged_at
        sla = stated_sla(engagement.response_sla_minutes, engagement.vendor.response_sla_minutes)
        return {
            "name": engagement.vendor.name,
            "service": engagement.service_name,
            "engaged_at": instant(engagement.engaged_at),
            "responded_at": instant(engagement.responded_at),
            "response_seconds": int((engagement.responded_at - engagement.engaged_at).total_seconds())
            if answered and engagement.responded_at and engagement.engaged_at
            else None,
            "response_sla_minutes": sla,
            "response_verdict": response_verdict(engagement.engaged_at, engagement.responded_at, sla),
            "effect": engagement.effect,
            "root_cause_related": related,
            "service_manager": self.named(manager),
            "open_items": [
                {
                    "text": item.text,
                    "committed_on": day(item.due_on) if item.committed else None,
                    "follow_up_on": None if item.committed else day(item.due_on),
                    "closed_on": day(self._local_day(item.closed_at)),
                }
                for item in (follow_up.items.all() if follow_up else ())
            ],
            "rca": self._rca(engagement, follow_up),
        }

    def rca_due_on(self, engagement: VendorEngagement, follow_up: VendorFollowUp | None) -> date | None:
        """The day that the RCA is due, from the facts that its deadline follows from. Rule: deadlines.rca_due."""
        zone, of = ZoneInfo(self.incident.time_zone), self.after_action
        since = None if is_history(of) else known_since(self.incident, of)
        facts = vendor_facts(engagement.pk, engagement, follow_up, {}, zone=zone, known_from=since)
        due = rca_due(facts, zone)
        return due.on if due is not None else None

    def _rca(self, engagement: VendorEngagement, follow_up: VendorFollowUp | None) -> dict[str, Any]:
        due_on = day(self.rca_due_on(engagement, follow_up))
        if follow_up is None:
            return {
                "status": engagement.rca_status or ("awaited" if due_on else "not asked for"),
                "due_on": due_on,
                "received_on": None,
                "name": None,
                "sha256": None,
            }
        return {
            "status": "received" if follow_up.rca_received_at else engagement.rca_status or "awaited",
            "due_on": due_on,
            "received_on": day(self._local_day(follow_up.rca_received_at)),
            "name": follow_up.rca_name or None,
            "sha256": follow_up.rca_sha256 or None,
        }

    def _local_day(self, at: datetime | None) -> date | None:
        return local_date(at, ZoneInfo(self.incident.time_zone)) if at else None
