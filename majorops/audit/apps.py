from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.db import connections
from django.db.backends.signals import connection_created
from django.db.models.signals import post_migrate


def grant_application_role(sender: Any, using: str, **kwargs: Any) -> None:
    """After each migration: the application's role may read and write rows, and owns nothing."""
    role = settings.APPLICATION_ROLE
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role])
        if cursor.fetchone() is None:
            cursor.execute("SELECT rolcreaterole OR rolsuper FROM pg_roles WHERE rolname = current_user")
            if not cursor.fetchone()[0]:
                return
            cursor.execute(f"CREATE ROLE {role} NOLOGIN")
        cursor.execute("SELECT pg_has_role(current_user, %s, 'MEMBER'), current_user = %s", [role, role])
        member, is_itself = cursor.fetchone()
        if is_itself:
            return
        if not member:
            cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
            if cursor.fetchone()[0]:
                cursor.execute(f"GRANT {role} TO CURRENT_USER")
        cursor.execute(f"GRANT USAGE ON SCHEMA public TO {role}")
        cursor.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}")
        cursor.execute(f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role}")
        cursor.execute(f"REVOKE UPDATE, DELETE ON audit_auditentry, audit_auditseal FROM {role}")
        # Which migrations ran is the owner's to write: to forget one would run it again over what is kept.
        cursor.execute(f"REVOKE INSERT, UPDATE, DELETE ON django_migrations FROM {role}")


def become_application_role(sender: Any, connection: Any, **kwargs: Any) -> None:
    """Given one address for both roles, a connection lays the owner's rights down, where that role exists."""
    if not settings.SET_APPLICATION_ROLE or connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT 1 FROM pg_roles WHERE rolname = %s AND pg_has_role(current_user, oid, 'MEMBER')",
            [settings.APPLICATION_ROLE],
        )
        if cursor.fetchone():
            cursor.execute(f"SET ROLE {settings.APPLICATION_ROLE}")


class AuditConfig(AppConfig):
    name = "majorops.audit"
    label = "audit"

    def ready(self) -> None:
        post_migrate.connect(grant_application_role, sender=self)
        connection_created.connect(become_application_role)
