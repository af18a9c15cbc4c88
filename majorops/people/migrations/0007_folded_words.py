"""How texts are kept to be searched: folded, in words, and in pairs of characters where a script sets no blanks
(majorops.searching.folding). All of it is PostgreSQL's own: no extension, no right beyond that to create functions.

The functions say the same for good, because what was computed is stored: another way of folding is another function and
other columns. They call nothing of ours, which would not be found while a dump is restored.
"""

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import migrations
from django.db.models import Q

from majorops.searching import Folded, Words

# Capitals of Greek, Cyrillic and Armenian that are left when the accents are gone, and their small letters.
PAIRS = (
    *((n, n + 32) for n in (*range(0x391, 0x3A2), *range(0x3A3, 0x3AA), *range(0x410, 0x430))),
    *((n, n + 80) for n in range(0x400, 0x410)),
    *((n, n + 1) for n in (*range(0x460, 0x482, 2), *range(0x48A, 0x4C0, 2), *range(0x4D0, 0x530, 2))),
    *((n, n + 1) for n in range(0x4C1, 0x4CE, 2)),
    *((n, n + 48) for n in range(0x531, 0x557)),
)
CAPITALS = "".join(chr(n) for n, _ in PAIRS) + "ςىةیکٱ" + "٠١٢٣٤٥٦٧٨٩" + "۰۱۲۳۴۵۶۷۸۹"
SMALL = "".join(chr(n) for _, n in PAIRS) + "σيهيكا" + "0123456789" * 2
UNSEEN = (
    r"[\u00AD\u0300-\u036F\u0591-\u05BD\u05BF\u05C1\u05C2\u05C4\u05C5\u05C7\u0610-\u061A\u0640\u064B-\u065F\u0670"
    r"\u200B-\u200F\u202A-\u202E\u2060-\u2069\uFE00-\uFE0F\uFEFF]+"
)
SEPARATORS = (
    r"\u0080-\u00A9\u00AB-\u00B4\u00B6-\u00B9\u00BB-\u00BF\u00D7\u00F7\u02B0-\u02FF\u0375\u037E\u0387\u0482"
    r"\u0559-\u055F\u0589-\u058F\u05BE\u05C0\u05C3\u05C6\u05F3\u05F4\u0600-\u060F\u061B-\u061F\u066A-\u066D\u06D4"
    r"\u06DD\u06DE\u06E9\u06FD\u06FE\u0964\u0965\u0970\u0E2F\u0E3F\u0E4F\u0E5A\u0E5B\u104A-\u104F\u10FB\u17D4-\u17DB\u2000-\u206F"
    r"\u20A0-\u20CF\u2100-\u2BFF\u2E00-\u2E7F\u3000-\u3004\u3008-\u3020\u3030\u303D-\u303F\u30A0\u30FB"
    r"\uE000-\uF8FF\uFE10-\uFE6F\uFFF0-\uFFFF\U0001F000-\U0001FAFF\U000E0000-\U0010FFFF"
)

# Leaves `said` folded. Written into each function: one that called another would not find it while a dump is restored.
FOLD = rf"""
    IF octet_length(said) = length(said) THEN
        said := lower(said COLLATE "C");
    ELSE
        said := lower(normalize(regexp_replace(normalize(said, NFKD), '{UNSEEN}', '', 'g'), NFKC) COLLATE "C");
        IF said ~ '[\u0370-\u06FF]' THEN
            said := translate(said, '{CAPITALS}', '{SMALL}');
        END IF;
        IF said ~ '[\u00C6-\u0167\u1E9E]' THEN
            said := translate(said, 'øØđĐłŁħĦŧŦıðÐẞÆŒÞ', 'ooddllhhttiddßæœþ');
            said := replace(replace(replace(replace(said, 'ß', 'ss'), 'æ', 'ae'), 'œ', 'oe'), 'þ', 'th');
        END IF;
    END IF;
"""
BLOCKS = (
    (0x590, 0x109F),
    (0x1100, 0x1C8F),
    (0x1CC0, 0x1CFF),
    (0x2E80, 0xA63F),
    (0xA6A0, 0xA71F),
    (0xA800, 0xAB2F),
    (0xAB70, 0x10FFFF),
)
RUNS_ON = "".join(f"\\U{first:08X}-\\U{last:08X}" for first, last in BLOCKS)
IS_OF_THESE = "(" + " OR ".join(f"ascii(letter) BETWEEN {first} AND {last}" for first, last in BLOCKS) + ")"
HEAD = "LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT"
FUNCTIONS = rf"""
CREATE FUNCTION majorops_folded(what text) RETURNS text {HEAD} AS $$
DECLARE
    said text := what;
BEGIN
{FOLD}
    RETURN said;
END $$;
CREATE FUNCTION majorops_words(what text) RETURNS tsvector {HEAD} AS $$
DECLARE
    said text := what;
BEGIN
{FOLD}
    IF strpos(said, '++') > 0 THEN
        said := regexp_replace(said, '([a-z0-9])\+\+', '\1plusplus', 'g');
    END IF;
    IF strpos(said, '#') > 0 THEN
        said := regexp_replace(said, '(?<![a-z0-9])([a-z])#', '\1sharp', 'g');
    END IF;
    IF octet_length(said) = length(said) THEN
        said := regexp_replace(said, '[!-/:-@\[-`{{-~]+', ' ', 'g');
    ELSE
        said := regexp_replace(said, '[!-/:-@\[-`{{-~{SEPARATORS}]+', ' ', 'g');
        IF said ~ '[{RUNS_ON}]' THEN
            said := (
                SELECT string_agg(
                    CASE WHEN NOT runs_on THEN letter
                        WHEN goes_on THEN ' x' || code || following || ' '
                        ELSE ' x' || code || ' ' END, '' ORDER BY place)
                FROM (
                    SELECT *, lead(runs_on) OVER in_order AS goes_on, lead(code) OVER in_order AS following
                    FROM (
                        SELECT letter, place, lpad(to_hex(ascii(letter)), 5, '0') AS code, {IS_OF_THESE} AS runs_on
                        FROM unnest(string_to_array(said, NULL)) WITH ORDINALITY AS each(letter, place)) known
                    WINDOW in_order AS (ORDER BY place)) pairs);
        END IF;
    END IF;
    RETURN to_tsvector('english'::regconfig, said);
END $$;
CREATE FUNCTION majorops_strings(what jsonb) RETURNS text {HEAD} AS $$
BEGIN
    RETURN (SELECT coalesce(string_agg(each #>> '{{}}', ' '), '') FROM jsonb_path_query(what, 'strict $.**') each
        WHERE jsonb_typeof(each) = 'string');
END $$;
"""

UNDO = "DROP FUNCTION majorops_folded(text); DROP FUNCTION majorops_words(text); DROP FUNCTION majorops_strings(jsonb);"


class Migration(migrations.Migration):
    dependencies = [("people", "0006_sessions_and_scopes")]
    operations = [
        migrations.RunSQL(FUNCTIONS, UNDO),
        migrations.RemoveIndex("person", "account_trigrams"),
        migrations.AddIndex(
            "person",
            GinIndex(
                OpClass(Folded("full_name"), "gin_trgm_ops"),
                name="account_folded_trigrams",
                condition=Q(email__isnull=False),
            ),
        ),
        migrations.AddIndex(
            "person",
            GinIndex(Words("full_name"), name="account_words", condition=Q(email__isnull=False)),
        ),
    ]
