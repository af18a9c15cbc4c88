"""Search over everything that a person may see: each kind by its own index, all of them in one statement.

Whatever is not visible is left out before anything is found, counted or cut off. In each kind the latest comes first.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db import models
from django.db.models import Case, Exists, F, Func, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import Cast, Concat, Left, NullIf
from django.utils.safestring import SafeString

from afteractions.models import AfterAction, Change, Comment, MeetingDecision, Section
from afteractions.vocabulary import ChangeKind, SectionKey
from incidents.models import Incident, Mtm, TimelineEvent
from incidents.queries.incidents import BUT_FOR_ITS_CAUSE, services_known_to, vendors_known_to
from majorops.people.models import Person
from majorops.prepared import prepared
from majorops.searching import (
    LONGEST,
    EveryText,
    Folded,
    Text,
    Words,
    asked_for,
    is_enough,
    like,
    query_of,
    reference_of,
    wanted,
)
from majorops.searching.folding import folded
from majorops.searching.marking import BEGIN, LONGEST_TEXT, excerpt, marked, marks_of, with_marks
from majorops.words import Word

FIRST = 5
JOINT = " … "


class Kind(Word):
    """What is searched, in the order in which it is shown."""

    INCIDENT = "incidents", "Incidents"
    REVIEW = "reviews", "Learning Reviews"
    ACTION = "actions", "Actions and changes"
    EVENT = "timeline", "Timeline"
    COMMENT = "comments", "Comments"
    DECISION = "decisions", "Decisions"
    MTM = "mtms", "Major Technical Meetings"
    SERVICE = "services", "Services"
    VENDOR = "vendors", "Vendors"
    PERSON = "people", "People"


@dataclass(frozen=True, slots=True)
class Hit:
    """One thing that was found: its title and the words round what was found, both with their marks, what it belongs
    to, and where it is."""

    kind: Kind
    title: str
    about: str
    found: str
    url: str

    @property
    def title_html(self) -> SafeString:
        return marked(self.title)

    @property
    def found_html(self) -> SafeString:
        return marked(self.found)


@dataclass(frozen=True, slots=True)
class HitGroup:
    """The first of one kind, and whether there are more."""

    kind: Kind
    hits: list[Hit]
    is_more: bool


# Each arm answers with the same columns: the kind, three of what it belongs to, and the text it was found in.
COLUMNS = ("hit_kind", "hit_reference", "hit_title", "hit_more", "hit_found")


def _text(expression: Any) -> Cast:
    return Cast(expression, models.TextField())


def _joined(*texts: Any) -> Func:
    """The texts that there are as one, in their order."""
    there = (NullIf(text, Value("")) for text in texts)
    return Func(Value(JOINT), *there, function="concat_ws", output_field=models.TextField())


def _shaped(
    queryset: QuerySet[Any], kind: Kind, *, reference: Any, title: Any, more: Any, text: Any
) -> QuerySet[Any]:
    return queryset.annotate(
        hit_kind=_text(Value(kind.value)),
        hit_reference=_text(reference),
        hit_title=_text(title),
        hit_more=_text(more),
        hit_found=Left(_text(text), LONGEST_TEXT),
    )


@dataclass(frozen=True, slots=True)
class SearchTerms:
    """What was typed, as each arm asks for it: its words as a query; a name in which it stands but for a slip, unless
    it ends with a number, which is meant as it stands; the beginning of a reference. None where it is none of these."""

    query: str
    slip: str | None
    pattern: str | None


def asked(text: str) -> SearchTerms:
    ends = wanted(text)
    is_number = bool(ends) and ends[-1].runs[-1].text[-1].isdigit()
    return SearchTerms(query_of(text), None if is_number else folded(text), reference_of(text) or None)


def _incidents(person: Person, terms: SearchTerms) -> QuerySet[Any]:
    readers = AfterAction.objects.with_readable_draft(person).filter(incident=OuterRef("pk"))
    columns = ("business", "unusual_factors", "alert_source", "organisation")
    lists = (EveryText("summary"), EveryText("tags"))
    visible = Incident.objects.visible_to(person).alias(
        is_told=Case(When(Q(root_cause=""), then=Value(True)), default=Exists(readers)),
        untold=BUT_FOR_ITS_CAUSE,
    )
    query = asked_for(terms.query)
    condition = Q(search=query) & (Q(is_told=True) | Q(untold=query))
    if terms.pattern is not None:
        condition |= Q(like("reference", terms.pattern))
    root_cause = Case(
        When(is_told=True, then=F("root_cause")), default=Value(""), output_field=models.TextField()
    )
    return _shaped(
        visible.filter(condition), Kind.INCIDENT,
        reference=F("reference"), title=F("title"), more=F("status"),
        text=_joined(F("business"), root_cause, *(F(column) for column in columns[1:]), *lists),
    )  # fmt: skip


def _readable(person: Person) -> QuerySet[AfterAction]:
    """The reviews whose draft the person may read: of no other one is a word found."""
    return AfterAction.objects.visible_to(person).with_readable_draft(person)


def _reviews(person: Person, terms: SearchTerms) -> QuerySet[Any]:
    visible = Section.objects.filter(after_action__in=_readable(person))
    # Changes are found by themselves.
    visible = visible.exclude(key=SectionKey.CHANGES)
    condition = Q(search=asked_for(terms.query))
    if terms.pattern is not None:
        of_it = AfterAction.objects.filter(like("reference", terms.pattern))
        condition |= Q(after_action__in=of_it, key=SectionKey.SUMMARY)
    return _shaped(
        visible.filter(condition), Kind.REVIEW,
        reference=F("after_action__reference"), title=F("after_action__incident__title"),
        more=Concat("key", Value(" "), _text(F("after_action__first_distributed_at")), output_field=models.TextField()),
        text=Text("content"),
    )  # fmt: skip


def _actions(person: Person, terms: SearchTerms) -> QuerySet[Any]:
    known = Q(after_action__in=_readable(person)) | Q(
        after_action__in=AfterAction.objects.visible_to(person), mtm_action__isnull=False
    )
    visible = Change.objects.filter(known, removed_at__isnull=True)
    condition = Q(search=asked_for(terms.query))
    if terms.pattern is not None:
        condition |= Q(like("reference", terms.pattern))
    return _shaped(
        visible.filter(condition), Kind.ACTION,
        reference=F("reference"), title=F("change"),
        more=Concat("kind", Value(" "), "after_action__reference", output_field=models.TextField()),
        text=F("gap"),
    )  # fmt: skip


def _events(person: Person, terms: SearchTerms) -> QuerySet[Any]:
    visible = TimelineEvent.objects.filter(incident__in=Incident.objects.visible_to(person))
    return _shaped(
        visible.filter(search=asked_for(terms.query)), Kind.EVENT,
        reference=F("incident__reference"), title=F("incident__title"), more=Value(""), text=F("text"),
    )  # fmt: skip


def _comments(person: Person, terms: SearchTerms) -> QuerySet[Any]:
    visible = Comment.objects.filter(after_action__in=_readable(person))
    return _shaped(
        visible.filter(search=asked_for(terms.query)), Kind.COMMENT,
        reference=F("after_action__reference"), title=F("after_action__incident__title"),
        more=F("by__full_name"), text=F("text"),
    )  # fmt: skip


def _decisions(person: Person, terms: SearchTerms) -> QuerySet[Any]:
    # What a meeting decided is read with its review, and a review is not read before it was distributed.
    visible = MeetingDecision.objects.filter(
        meeting__after_action__incident__in=Incident.objects.visible_to(person),
        meeting__after_action__first_distributed_at__isnull=False,
    )
    return _shaped(
        visible.filter(search=asked_for(terms.query)), Kind.DECISION,
        reference=F("meeting__after_action__reference"), title=F("meeting__after_action__incident__title"),
        more=Value(""), text=F("text"),
    )  # fmt: skip


def _mtms(person: Person, terms: SearchTerms) -> QuerySet[Any]:
    visible = Mtm.objects.filter(incident__in=Incident.objects.visible_to(person))
    return _shaped(
        visible.filter(search=asked_for(terms.query)), Kind.MTM,
        reference=F("incident__reference"), title=F("incident__title"), more=_text(F("number")),
        text=Text("notes"),
    )  # fmt: skip


def _named(known: QuerySet[Any], column: str, terms: SearchTerms) -> QuerySet[Any]:
    """Those whose name holds the words, each by its index, or is much like what was typed."""
    condition = Q(words=asked_for(terms.query))
    if terms.slip is None:
        return known.alias(words=Words(column)).filter(condition)
    known = known.alias(words=Words(column), folded=Folded(column))
    return known.filter(condition | Q(folded__trigram_word_similar=terms.slip))


def _services(person: Person, terms: SearchTerms) -> QuerySet[Any]:
    return _shaped(
        _named(services_known_to(person), "name", terms), Kind.SERVICE,
        reference=Value(""), title=F("name"), more=F("owner__full_name"), text=Value(""),
    )  # fmt: skip


def _vendors(person: Person, terms: SearchTerms) -> QuerySet[Any]:
    return _shaped(
        _named(vendors_known_to(person).select_related(None), "name", terms), Kind.VENDOR,
        reference=_text(F("pk")), title=F("name"), more=F("service_manager__full_name"), text=Value(""),
    )  # fmt: skip


def _people(person: Person, terms: SearchTerms) -> QuerySet[Any]:
    # Contacts without an account belong to the record that names them, and are found in it alone.
    known = Person.objects.filter(email__isnull=False, is_active=True)
    return _shaped(
        _named(known, "full_name", terms), Kind.PERSON,
        reference=F("email"), title=F("full_name"), more=F("team__name"), text=F("job_title"),
    )  # fmt: skip


ARMS: dict[Kind, tuple[Callable[[Person, SearchTerms], QuerySet[Any]], tuple[str, str]]] = {
    Kind.INCIDENT: (_incidents, ("-listed_at", "-id")),
    Kind.REVIEW: (_reviews, ("-id", "-id")),
    Kind.ACTION: (_actions, ("-id", "-id")),
    Kind.EVENT: (_events, ("-id", "-id")),
    Kind.COMMENT: (_comments, ("-id", "-id")),
    Kind.DECISION: (_decisions, ("-id", "-id")),
    Kind.MTM: (_mtms, ("-id", "-id")),
    Kind.SERVICE: (_services, ("name", "id")),
    Kind.VENDOR: (_vendors, ("name", "id")),
    Kind.PERSON: (_people, ("full_name", "id")),
}


def search(person: Person, text: str) -> list[HitGroup]:
    """The kinds in which something was found, the first FIRST of each. One statement; none for too few letters."""
    text = text.strip()[:LONGEST]
    if not is_enough(text):
        return []
    groups: dict[Kind, list[Hit]] = {}
    looked_for = asked(text)
    rows = _first(person=person, query=looked_for.query, slip=looked_for.slip, pattern=looked_for.pattern)
    for row in rows:
        hit = hit_of(*row, words=text)
        groups.setdefault(hit.kind, []).append(hit)
    return [
        HitGroup(kind, groups[kind][:FIRST], len(groups[kind]) > FIRST) for kind in Kind if kind in groups
    ]


@prepared
def _first(*, person: Person, query: str, slip: str | None, pattern: str | None) -> QuerySet[Any]:
    looked_for = SearchTerms(query, slip, pattern)
    arms = [
        arm(person, looked_for).order_by(*order).values_list(*COLUMNS)[: FIRST + 1]
        for arm, order in ARMS.values()
    ]
    return arms[0].union(*arms[1:], all=True)


def search_one(person: Person, text: str, kind: Kind) -> tuple[QuerySet[Any], tuple[str, str]]:
    """Everything of one kind, and the columns by which its pages are turned; each row is made a Hit by `hit_in`."""
    arm, order = ARMS[kind]
    queryset = arm(person, asked(text.strip()[:LONGEST]))
    return queryset.only(*{column.lstrip("-") for column in order}), order


def hit_in(row: Any, text: str) -> Hit:
    """The hit that a row of `search_one` is."""
    return hit_of(*(getattr(row, column) for column in COLUMNS), words=text.strip()[:LONGEST])


def hit_of(
    kind: str, reference: str | None, title: str | None, more: str | None, text: str | None, *, words: str
) -> Hit:
    reference, title, more = reference or "", title or "", more or ""
    marks = marks_of(words)
    marked_text = excerpt(text or "", marks)
    match Kind(kind):
        case Kind.INCIDENT:
            return Hit(
                Kind.INCIDENT, *_titled(title, marked_text, reference, marks), f"/incidents/{reference}/"
            )
        case Kind.REVIEW:
            key, _, distributed = more.partition(" ")
            page = "read/" if distributed else f"draft/#{key}"
            about = f"{reference}, {SectionKey(key).label}"
            return Hit(Kind.REVIEW, title, about, marked_text, f"/after-actions/{reference}/{page}")
        case Kind.ACTION:
            change, _, review = more.partition(" ")
            url = (
                f"/after-actions/{review}/read/"
                if change == ChangeKind.CONTINUE
                else f"/actions/{reference}/"
            )
            return Hit(Kind.ACTION, *_titled(title, marked_text, f"{reference} of {review}", marks), url)
        case Kind.EVENT:
            return Hit(Kind.EVENT, title, reference, marked_text, f"/incidents/{reference}/")
        case Kind.COMMENT:
            return Hit(
                Kind.COMMENT, title, f"{reference}, {more}", marked_text, f"/after-actions/{reference}/read/"
            )
        case Kind.DECISION:
            return Hit(
                Kind.DECISION,
                title,
                f"{reference}, what the meeting decided",
                marked_text,
                f"/after-actions/{reference}/read/#meeting",
            )
        case Kind.MTM:
            return Hit(
                Kind.MTM, title, f"{reference}, meeting {more}", marked_text, f"/incidents/{reference}/"
            )
        case Kind.SERVICE:
            owner = f"Owner: {more}" if more else "No owner"
            url = f"/incidents/?{urlencode({'service': title})}"
            return Hit(Kind.SERVICE, with_marks(title, marks), owner, "", url)
        case Kind.VENDOR:
            managed = f"Service Manager: {more}" if more else "No Service Manager"
            return Hit(Kind.VENDOR, with_marks(title, marks), managed, "", f"/vendors/{reference}/")
        case Kind.PERSON:
            about = ", ".join(row for row in (text or "", more) if row)
            url = f"/actions/?{urlencode({'whose': 'all', 'status': 'any', 'owner': reference})}"
            return Hit(Kind.PERSON, with_marks(title, marks), about, "", url)


def _titled(title: str, item: str, about: str, marks: re.Pattern[str] | None) -> tuple[str, str, str]:
    """Title, what it belongs to, and what was found: nothing beside a title that holds it all."""
    title = with_marks(title, marks)
    return title, about, item if BEGIN in item or BEGIN not in title else ""
