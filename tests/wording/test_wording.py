"""Names, blame and empty learnings: a labelled set of texts, and what must hold for every text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from afteractions.wording.check import Checked, FindingKind, blocking_texts, check
from afteractions.wording.person_names import is_named_like_a_person
from afteractions.wording.persons import KnownPerson
from afteractions.wording.sentences import fold

PEOPLE = [
    KnownPerson("Ingrid Sørensen", "isorensen", "ingrid.sorensen@example.com", responder=True),
    KnownPerson("Łukasz Wiśniewski", "lukasz_w", "lukasz@example.com", responder=True),
    KnownPerson("Will Grant", "wgrant", "will.grant@example.com", responder=True),
    KnownPerson("Jean-Luc de Vries", "jdv", "jl@example.com", responder=True),
    KnownPerson("Mei Li", "mli", "mei.li@example.com", responder=True),
    KnownPerson("Amara Okafor", "amara.o", "amara@example.com"),
    KnownPerson("User", responder=True, has_account=False),
    KnownPerson("Node", responder=True, has_account=False),
    KnownPerson("Control plane", responder=True, has_account=False),
    KnownPerson("Responder 1", responder=True, has_account=False),
    KnownPerson("Technical recovery lead", responder=True, has_account=False),
    KnownPerson("Docker Hub", responder=True, has_account=False),
    KnownPerson("Petra Novák", responder=True, has_account=False),
]

NAME, POSSIBLE, BLAME = FindingKind.NAME, FindingKind.POSSIBLE_NAME, FindingKind.BLAME
VAGUE, NO_OWNER, NO_DATE = FindingKind.VAGUE, FindingKind.NO_OWNER, FindingKind.NO_DATE

# A text, and the passages that must be found in it, each with its kind.
ROOT_CAUSES: list[tuple[str, list[tuple[FindingKind, str]]]] = [
    # Registered names in their usual forms.
    ("The incident was caused by a change of Ingrid Sørensen.", [(NAME, "Ingrid Sørensen")]),
    ("ingrid sorensen restarted the primary.", [(NAME, "ingrid sorensen")]),
    ("Ingrid's script removed the routes.", [(NAME, "Ingrid")]),
    ("The flag was set by SØRENSEN.", [(NAME, "SØRENSEN")]),
    ("The deploy by Lukasz was not gated.", [(NAME, "Lukasz")]),
    ("Sørensen, Ingrid had access to production.", [(NAME, "Sørensen, Ingrid")]),
    ("I. Sørensen had access to production.", [(NAME, "I. Sørensen")]),
    ("A job of isorensen held the lock.", [(NAME, "isorensen")]),
    ("A job of @lukasz_w held the lock.", [(NAME, "@lukasz_w")]),
    ("The key of ingrid.sorensen@example.com had expired.", [(NAME, "ingrid.sorensen@example.com")]),
    ("Amara Okafor is not a responder and counts all the same.", [(NAME, "Amara Okafor")]),
    ("jean-luc de vries opened the port.", [(NAME, "jean-luc de vries")]),
    ("The port was opened by De Vries.", [(NAME, "Vries")]),
    ("The table was dropped by Will.", [(NAME, "Will")]),
    ("Will deployed the change without the flag.", [(NAME, "Will")]),
    ("The credentials of Grant had expired.", [(NAME, "Grant")]),
    ("Novák changed the record; Petra reverted it.", [(NAME, "Novák"), (NAME, "Petra")]),
    ("It was Mei who paused the queue.", [(NAME, "Mei")]),
    # Ordinary words that are names as well.
    ("Will the cache survive a restart? It did not.", []),
    ("Grant statements were missing on the replica.", []),
    ("The pods will grant themselves access.", []),
    ("The role could not be granted; it will be in the next release.", []),
    # Contacts that are named like roles or systems.
    ("The user could not log in because the node was not ready.", []),
    ("Node pressure on the Control Plane evicted the User pods.", []),
    ("Docker Hub limited the rate of pulls.", []),
    ("The Technical Recovery Lead had no access to the run card.", []),
    # Nobody's name.
    ("The incident was caused by an expired certificate. Contributing factors include a missing alert.", []),
    ("The load balancer in North Virginia sent traffic to Availability Zone B.", []),
    ("Amazon Web Services and Google Cloud were reachable; Let's Encrypt was not.", []),
    ("On Black Friday the Payment Gateway ran out of connections.", []),
    ("The Major Incident Manager was paged by PagerDuty.", []),
    ("Jenkins deployed the chart because Terraform had drifted.", []),
    ("Kafka lagged behind; Cassandra had compacted twice.", []),
    ("The Ingress Nginx controller restarted after the upgrade to Kubernetes 1.31.", []),
    ("The package @angular/core was withdrawn.", []),
    ("Mails to support@example.com bounced.", []),
    ("The page fault rate and the user error rate rose.", []),
    ("A segmentation fault in the parser; fault tolerance was configured for one node.", []),
    ("The health check failed to detect the stale replica.", []),
    ("The Kubernetes operator did not reconcile the resource.", []),
    ("Lazy loading of the index and negligible headroom on the disk.", []),
    ("The scheduler missed its heartbeat and the team dashboard showed no data.", []),
    ("The validator should have rejected the empty list.", []),
    # Names that nobody registered.
    ("Thomas Becker merged the change.", [(POSSIBLE, "Thomas Becker")]),
    ("The change was merged by Thomas without review.", [(POSSIBLE, "Thomas")]),
    ("An alert was silenced by Priya Raman during the change.", [(POSSIBLE, "Priya Raman")]),
    ("The certificate was renewed by J. Hernandez.", [(POSSIBLE, "J. Hernandez")]),
    ("Yesterday Xandor Kowalski removed the route.", [(POSSIBLE, "Xandor Kowalski")]),
    ("김철수가 데이터베이스를 삭제했다", [(POSSIBLE, "김철수")]),
    ("데이터가 삭제되었다", []),
    ("The token of anna.berg@example.org was used.", [(NAME, "anna.berg@example.org")]),
    ("Ask @tbecker for the script.", [(NAME, "@tbecker")]),
    # Blame without a name.
    ("The cause was human error.", [(BLAME, "human error")]),
    ("The operator forgot to drain the node.", [(BLAME, "operator forgot")]),
    ("They should have known that the replica was stale.", [(BLAME, "They should have known")]),
    ("The risk should have been noticed; we should have noticed it.", [(BLAME, "we should have noticed")]),
    ("A careless change removed the route.", [(BLAME, "careless")]),
    ("Negligence in the review of the plan.", [(BLAME, "Negligence")]),
    ("The engineer failed to check the plan.", [(BLAME, "engineer failed to")]),
    ("The on-call engineer did not notice the alert.", [(BLAME, "on-call engineer did not")]),
    ("A fat-fingered command emptied the bucket.", [(BLAME, "fat-fingered")]),
    ("Lack of attention during the change.", [(BLAME, "Lack of attention")]),
    ("A junior developer ran the wrong script.", [(BLAME, "junior developer ran the wrong")]),
    ("Somebody made a mistake in the routing table.", [(BLAME, "Somebody made a mistake")]),
]

LEARNINGS: list[tuple[str, list[FindingKind]]] = [
    (
        "Runbook step 4 does not account for the case where the primary DB is unreachable. "
        "SRE lead updating by 2026-04-15.",
        [],
    ),
    (
        "Vendor escalation contact was missing from the run card. Service Manager adding before next quarter.",
        [],
    ),
    (
        "Recovery track for Application team took 40 minutes to start: no pre-assigned track lead. "
        "Run card updated with named standby.",
        [],
    ),
    ("Amara Okafor adds an alert on the age of the backup by Friday.", []),
    ("The database team moves the replica to its own subnet in Q3.", []),
    ("Communicate better.", [VAGUE, NO_OWNER, NO_DATE]),
    ("The team will communicate better by next week.", [VAGUE]),
    ("Be more careful during deployments.", [VAGUE, NO_OWNER, NO_DATE]),
    ("Improve monitoring.", [VAGUE, NO_OWNER, NO_DATE]),
    ("Improve monitoring of disk space on the primary: the SRE team alerts at 80 % by 1 May.", []),
    ("Add a retry with jitter to the token refresh by the end of the month.", [NO_OWNER]),
    ("The network lead documents the failover of the VPN as soon as possible.", [NO_DATE]),
    ("Platform engineers to raise awareness of the freeze by 3 March.", [VAGUE]),
    # How long something is kept is no date.
    ("Log retention for auth servers 14 -> 180 days, SecOps", [NO_DATE]),
]


@pytest.mark.parametrize(("text", "expected"), ROOT_CAUSES, ids=[text for text, _ in ROOT_CAUSES])
def test_a_root_cause_is_told_what_it_names_and_blames_and_nothing_else(text, expected):
    assert [(each.kind, each.text) for each in check(Checked.ROOT_CAUSE, text, PEOPLE)] == expected


@pytest.mark.parametrize(("text", "expected"), LEARNINGS, ids=[text for text, _ in LEARNINGS])
def test_a_learning_statement_is_told_what_it_lacks_and_nothing_else(text, expected):
    found = {each.kind for each in check(Checked.LEARNING_STATEMENT, text, PEOPLE)}
    assert found == set(expected)


def test_of_bare_names_only_registered_ones_block():
    text = "Ingrid asked Thomas Becker about the human error."
    found = check(Checked.ROOT_CAUSE, text, PEOPLE)
    assert {each.kind for each in found} == {NAME, POSSIBLE, BLAME}
    assert blocking_texts(found) == ("Ingrid",)


def test_every_finding_asks_a_question_or_says_the_way_out():
    blame, name = (check(Checked.ROOT_CAUSE, text, PEOPLE)[0] for text in ("Human error.", "Ingrid did it."))
    assert "What system allowed that error to occur?" in blame.message
    assert "What system allowed that error to occur?" in name.message


def test_a_dismissed_passage_is_left_alone_and_a_registered_name_cannot_be_dismissed():
    text = "Thomas Becker and Ingrid were on the bridge."
    found = check(Checked.ROOT_CAUSE, text, PEOPLE, dismissed=["thomas becker", "Ingrid"])
    assert [each.text for each in found] == ["Ingrid"]


def test_the_given_name_of_somebody_who_was_not_a_responder_does_not_block():
    (found,) = check(Checked.ROOT_CAUSE, "The flag of Amara was set.", [KnownPerson("Amara Okafor")])
    assert (found.kind, found.text, found.blocks) == (POSSIBLE, "Amara", False)


def test_a_stranger_who_shares_a_registered_given_name_is_marked_whole():
    assert [each.text for each in check(Checked.ROOT_CAUSE, "A change by Amara Petrovic", PEOPLE)] == [
        "Amara Petrovic"
    ]


def test_offsets_count_code_points_after_letters_that_fold_to_two():
    text = "Straße 🚒 der Übergang: Łukasz wartete."
    (found,) = check(Checked.ROOT_CAUSE, text, PEOPLE)
    assert text[found.start : found.end] == "Łukasz" == found.text


def test_offsets_count_code_points_beside_emoji_and_combining_marks():
    text = (
        "👩‍🚒🔥 Zoe\u0308 Marten\u0301ez and 𝒳 restarted; S\u00f8rensen waited for Petra Nova\u0301k\u0301."
    )
    found = check(Checked.ROOT_CAUSE, text, PEOPLE)
    assert [text[each.start : each.end] for each in found] == [each.text for each in found]
    assert {"Zoe\u0308 Marten\u0301ez", "S\u00f8rensen", "Petra Nova\u0301k\u0301"} == {
        each.text for each in found
    }


@pytest.mark.parametrize(
    "name", ["User", "Node", "Control plane", "Responder 1", "Docker Hub", "Travis CI", ""]
)
def test_roles_and_systems_are_not_named_like_persons(name):
    assert not is_named_like_a_person(name)


@pytest.mark.parametrize(
    "name", ["Ann Lee", "Jean-Luc de Vries", "Łukasz Wiśniewski", "Petra", "J. R. Hernandez"]
)
def test_persons_are_named_like_persons(name):
    assert is_named_like_a_person(name)


@pytest.mark.parametrize(("text", "folded"), [("Łukasz MÜLLER", "lukasz muller"), ("Straße", "strasse")])
def test_case_and_diacritics_are_folded(text, folded):
    assert fold(text) == folded


@given(
    st.text(max_size=80), st.sampled_from(["Ingrid Sørensen", "Łukasz", "Petra Novák"]), st.text(max_size=80)
)
def test_a_responders_name_is_found_wherever_it_stands_alone(before, name, after):
    text = f"{before} {name} {after}"
    start = len(before) + 1
    found = check(Checked.ROOT_CAUSE, text, PEOPLE)
    assert any(each.kind == NAME and each.start <= start and start + len(name) <= each.end for each in found)


@given(st.text(max_size=200))
def test_every_finding_quotes_its_passage(text):
    for what in Checked:
        for found in check(what, text, PEOPLE):
            assert 0 <= found.start < found.end <= len(text)
            assert text[found.start : found.end] == found.text
