"""What this part of the product counts for /metrics."""

from afteractions.operations.review.revisions import MOST_ATTEMPTS
from majorops.web.health.gauges import Gauge

GAUGES = (
    Gauge(
        "majorops_pdfs_waiting",
        "PDFs of revisions that the worker has yet to make.",
        f"SELECT count(*) FROM afteractions_revisionpdf WHERE made_at IS NULL AND attempts < {MOST_ATTEMPTS}",
    ),
    Gauge(
        "majorops_obligations_open",
        "Deadlines that are open.",
        "SELECT count(*) FROM afteractions_obligation WHERE state = 'open'",
    ),
    Gauge(
        "majorops_obligations_overdue",
        "Deadlines that are open and past.",
        "SELECT count(*) FROM afteractions_obligation WHERE state = 'open' AND due_at < statement_timestamp()",
    ),
)
