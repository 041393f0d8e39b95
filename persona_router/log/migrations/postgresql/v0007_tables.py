"""All that the first seven revisions have made in SQLite, at once."""

from persona_router.log.migrations.columns import run

revision = "0007"
down_revision = None

# Ids and codes are compared byte by byte, as in SQLite, whatever the database's own order is.
_TABLES = (
    'CREATE DOMAIN code AS TEXT COLLATE "C"',
    """
    CREATE TABLE profile (
        number BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        key code NOT NULL UNIQUE,
        persona code, language code, intent code, route code, outcome code, article code,
        policy_version code, model code, differs INTEGER NOT NULL,
        translation_demand INTEGER NOT NULL, failed INTEGER NOT NULL, concern code,
        reasons code NOT NULL
    )
    """,
    "CREATE TABLE profile_words (rowid BIGINT PRIMARY KEY REFERENCES profile, words TSVECTOR)",
    """
    CREATE TABLE decision (
        id code PRIMARY KEY, at DOUBLE PRECISION NOT NULL, conversation code NOT NULL,
        turn BIGINT, channel code, locale code, language code,
        language_confidence DOUBLE PRECISION, intent code, intent_confidence DOUBLE PRECISION,
        concern code, route code, plan code NOT NULL, persona code, posterior code NOT NULL,
        evidence code NOT NULL, signals code NOT NULL, reasons code NOT NULL,
        constraints code NOT NULL, alternatives code NOT NULL, closed code NOT NULL,
        article code, article_locale code, article_score DOUBLE PRECISION,
        translation_demand INTEGER NOT NULL, failed INTEGER NOT NULL, policy_version code,
        propensity DOUBLE PRECISION, arm code, model code, stated_route code,
        inferred_route code, corrected INTEGER, inferred_persona code, spoken code, state code,
        stages code,
        latency_ms DOUBLE PRECISION, handed_over INTEGER, helped INTEGER, rating INTEGER,
        repeat_contact INTEGER, abandoned INTEGER, profile BIGINT
    )
    """,
    """
    CREATE TABLE question (
        decision code PRIMARY KEY REFERENCES decision ON DELETE CASCADE,
        at DOUBLE PRECISION NOT NULL, language code, text TEXT NOT NULL
    )
    """,
    # A count is changed again and again: room in its page spares an entry in the index each time.
    """
    CREATE TABLE rollup (
        days INTEGER NOT NULL, place BIGINT NOT NULL, profile BIGINT NOT NULL,
        number BIGINT NOT NULL, PRIMARY KEY (days, place, profile)
    ) WITH (fillfactor = 50)
    """,
    "CREATE TABLE mark (name TEXT PRIMARY KEY)",
)
_INDEXES = (
    "CREATE INDEX profile_by_words ON profile_words USING gin (words)",
    "CREATE INDEX decision_by_conversation ON decision (conversation, at, turn NULLS FIRST)",
    "CREATE INDEX decision_by_profile ON decision (profile, at, id)",
    "CREATE INDEX decision_by_at ON decision (at, id, profile)",
    "CREATE INDEX decision_by_intent_confidence"
    " ON decision (coalesce(intent_confidence, -1), id, profile, at)",
    "CREATE INDEX decision_by_latency_ms ON decision (coalesce(latency_ms, -1), id, profile, at)",
    "CREATE INDEX decision_by_visit ON decision (at) INCLUDE"
    " (conversation, turn, profile, handed_over, helped, rating, repeat_contact)",
    "CREATE INDEX decision_by_handoff ON decision (at) WHERE handed_over = 1",
    "CREATE INDEX decision_by_stated ON decision (at, conversation, stated_route, inferred_route)"
    " WHERE stated_route IS NOT NULL",
    "CREATE INDEX decision_by_arm ON decision (at, arm, policy_version, propensity)"
    " WHERE arm IS NOT NULL",
    "CREATE INDEX question_by_at ON question (at)",
)
_DAY = 24 * 3600.0
_BLOCK = 32


def _counted(row: str, number: int) -> str:
    places = ", ".join(
        f"({days}, cast(trunc({row}.at / {days * _DAY}) AS BIGINT), {row}.profile, {number})"
        for days in (1, _BLOCK)
    )
    return (
        f"INSERT INTO routing_log.rollup AS there VALUES {places}"
        " ON CONFLICT (days, place, profile) DO UPDATE SET number = there.number + excluded.number;"
    )


def _gone(row: str) -> str:
    return "".join(
        f"DELETE FROM routing_log.rollup WHERE days = {days}"
        f" AND place = cast(trunc({row}.at / {days * _DAY}) AS BIGINT)"
        f" AND profile = {row}.profile AND number = 0;"
        for days in (1, _BLOCK)
    )


_ROLLUP = (
    f"""
    CREATE FUNCTION counted() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP <> 'INSERT' AND old.profile IS NOT NULL THEN
            {_counted("old", -1)} {_gone("old")}
        END IF;
        IF TG_OP <> 'DELETE' AND new.profile IS NOT NULL THEN
            {_counted("new", 1)}
        END IF;
        RETURN NULL;
    END $$
    """,
    "CREATE TRIGGER decision_counted AFTER INSERT OR DELETE ON decision"
    " FOR EACH ROW EXECUTE FUNCTION counted()",
    "CREATE TRIGGER decision_changed AFTER UPDATE OF profile ON decision FOR EACH ROW"
    " WHEN (old.profile IS DISTINCT FROM new.profile) EXECUTE FUNCTION counted()",
    # Of a great many conversations always the same ones are drawn.
    "CREATE FUNCTION drawn(conversation TEXT) RETURNS BIGINT LANGUAGE sql IMMUTABLE AS"
    " 'SELECT cast(hashtext(conversation) AS BIGINT) & 2147483647'",
)


def upgrade() -> None:
    """Make tables, indexes, and what keeps the counts, whoever writes."""
    run(*_TABLES, *_INDEXES, *_ROLLUP)
