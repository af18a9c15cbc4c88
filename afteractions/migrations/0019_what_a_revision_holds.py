"""What a revision speaks of is kept: who was asked to come, what was said in comments and decided, what vendors owed and
sent, what went out, and the PDF that was made. What a person still answers or settles is left free until then."""

from django.db import migrations

from majorops.audit.append_only import append_only, columns_kept, never_deleted


class Migration(migrations.Migration):
    dependencies = [("afteractions", "0018_items_of_earlier_mtms")]
    operations = [
        append_only(["afteractions_meetingdecision"]),
        never_deleted(
            [
                "afteractions_attendee",
                "afteractions_guestlink",
                "afteractions_revisionpdf",
                "afteractions_section",
                "afteractions_statusnote",
                "afteractions_vendorfollowup",
                "afteractions_vendoritem",
            ]
        ),
        columns_kept("afteractions_attendee", ["after_action_id", "person_id", "added_at"]),
        columns_kept(
            "afteractions_comment",
            ["after_action_id", "section", "revision_id", "parent_id", "by_id", "at", "text"],
        ),
        columns_kept("afteractions_guestlink", ["after_action_id", "person_id", "created_at"]),
        columns_kept("afteractions_vendorfollowup", ["after_action_id", "engagement_id"]),
        columns_kept("afteractions_vendoritem", ["follow_up_id", "text", "created_at"]),
        columns_kept(
            "afteractions_meeting",
            ["held_from", "held_until", "held_by_id", "agreed", "override_reason"],
            since="held_until",
        ),
        columns_kept("afteractions_revisionpdf", ["made_at", "content", "sha256"], since="made_at"),
        columns_kept(
            "afteractions_statusnote", ["text", "sent_at", "sent_by_id", "sent_to"], since="sent_at"
        ),
        columns_kept(
            "afteractions_externalmessage",
            ["audience", "text", "due_at", "status", "sent_where", "settled_at", "settled_by_id", "reason"],
            since="settled_at",
        ),
        columns_kept(
            "afteractions_vendorfollowup",
            ["rca_received_at", "rca_file", "rca_name", "rca_sha256"],
            since="rca_received_at",
        ),
        columns_kept(
            "afteractions_vendoritem",
            ["due_on", "committed", "closed_at", "closed_by_id", "outcome"],
            since="closed_at",
        ),
    ]
