"""The actions that meetings agreed before actions were items, where there is an After Action to hold them. (An incident
without one gets its After Action with the next word on its meetings, or at its close.)"""

from django.db import migrations

from majorops.references import new_reference


def make_items(apps, schema_editor):
    actions = apps.get_model("incidents", "MtmAction").objects.using(schema_editor.connection.alias)
    changes = apps.get_model("afteractions", "Change").objects.using(schema_editor.connection.alias)
    waiting = actions.filter(mtm__incident__after_action__isnull=False, item__isnull=True)
    for action in (
        waiting.select_related("mtm__incident__after_action").order_by("id").iterator(chunk_size=1000)
    ):
        held_at = action.mtm.ended_at or action.mtm.started_at or action.mtm.incident.recorded_at
        resolved = action.status in ("done", "cancelled")
        status = action.status if resolved else "open"
        changes.create(
            reference=new_reference("ACT"),
            after_action=action.mtm.incident.after_action,
            mtm_action=action,
            kind="start",
            change=action.title,
            owner_id=action.owner_id,
            due_on=action.due_on,
            position=action.position,
            created_at=held_at,
            status=status,
            resolved_at=held_at if resolved else None,
            evidence=f"Done, as MTM {action.mtm.number} says." if action.status == "done" else "",
            resolution_reason=f"Dropped, as MTM {action.mtm.number} says."
            if action.status == "cancelled"
            else "",
        )


class Migration(migrations.Migration):
    dependencies = [("afteractions", "0017_mtm_actions_are_items")]
    operations = [migrations.RunPython(make_items, migrations.RunPython.noop)]
