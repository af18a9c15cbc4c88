"""The steps of an After Action as calls of the API, for tests that begin further on."""

from datetime import UTC, datetime, timedelta
from typing import Any

from majorops.people.models import Person
from tests.api.caller import Caller


def ago(**span: float) -> str:
    return (datetime.now(UTC) - timedelta(**span)).isoformat()


def ahead(**span: float) -> str:
    return (datetime.now(UTC) + timedelta(**span)).isoformat()


SECTIONS: dict[str, Any] = {
    "summary": {"business_impact": "Orders were lost for an hour.", "customer_impact": "One in five."},
    "expected": [
        {"expected": "The standby takes over.", "actual": "It refused connections.", "kind": "procedure"}
    ],
    "root_cause": {
        "failure": "a standby without the permissions of the primary",
        "contributing_factors": ["no failover drill since the migration"],
        "should_have_happened": [],
        "certainty": "known",
    },
    "went_well": [{"text": "The bridge was staffed within five minutes.", "kind": "action"}],
}


def put(caller: Caller, path: str, content: Any, tag: str | None) -> Any:
    headers = {"If-Match": tag} if tag else {}
    return caller.client.put(
        f"/api/v1/{path}", {"content": content}, content_type="application/json", headers=headers
    )


def write(caller: Caller, aa: str, key: str, content: Any) -> Any:
    path = f"after-actions/{aa}/sections/{key}/"
    answer = put(caller, path, content, caller.get(path)["ETag"])
    assert answer.status_code == 200, answer.content.decode()
    return answer.json()


def drafted(mim: Caller, aa: str, owner: Person) -> None:
    for key, content in SECTIONS.items():
        write(mim, aa, key, content)
    row = {
        "kind": "start",
        "gap": "No drill",
        "change": "Drill the failover",
        "owner": owner.email,
        "due_on": ahead(days=20)[:10],
    }
    write(mim, aa, "changes", [row])


def scheduled(mim: Caller, aa: str) -> Any:
    body = {"starts_at": ago(hours=2), "ends_at": ago(hours=1), "location": "Room 2", "at": ago(days=5.9)}
    return mim.made(f"after-actions/{aa}/schedule/", body)


def distributed(mim: Caller, aa: str, owner: Person) -> Any:
    scheduled(mim, aa)
    drafted(mim, aa, owner)
    return mim.made(f"after-actions/{aa}/distribute/", {"at": ago(days=4)})


def held(mim: Caller, aa: str, **said: Any) -> Any:
    body = {
        "started_at": ago(hours=2),
        "ended_at": ago(hours=1),
        "attendance": [{"person": mim.person.email, "present": True}],
        "agreed": True,
        "external_messages": "none",
        **said,
    }
    return mim.post(f"after-actions/{aa}/hold/", body)
