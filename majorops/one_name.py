"""Names as the database compares them: what is one thing is one row."""

from django.db.models import Func, TextField


class OneName(Func):
    """A name as names are compared: whatever its case and blanks."""

    template = r"upper(btrim(regexp_replace(%(expressions)s, '\s+', ' ', 'g')))"
    output_field = TextField()
