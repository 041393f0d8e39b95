-- The article index in PostgreSQL. A row holds for the versions from `since` before `until`, so that
-- a reader keeps the content of its version while the next one is written.
CREATE TABLE knowledge_meta (name text PRIMARY KEY, value bytea NOT NULL);
CREATE TABLE knowledge_version (
    number bigint PRIMARY KEY, content text NOT NULL, made timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE knowledge_article (
    key bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id text NOT NULL, locale text NOT NULL, title text NOT NULL, updated date NOT NULL,
    intents text[] NOT NULL, digest text NOT NULL, about_hash bytea NOT NULL,
    since bigint NOT NULL, until bigint NOT NULL DEFAULT 9223372036854775807
);
CREATE TABLE knowledge_passage (
    key bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    article bigint NOT NULL, language text NOT NULL,
    heading text NOT NULL, markdown text NOT NULL, stems text NOT NULL,
    words_length integer NOT NULL, parts_length integer NOT NULL, sentences bytea[] NOT NULL,
    since bigint NOT NULL, until bigint NOT NULL DEFAULT 9223372036854775807
);
CREATE INDEX ON knowledge_passage (article);
-- How often a term stands in the title, the headings and the text of a passage; `source` is the
-- language's words or word parts.
CREATE TABLE knowledge_posting (
    source text COLLATE "C" NOT NULL, term text COLLATE "C" NOT NULL, passage bigint NOT NULL,
    title smallint NOT NULL, heading smallint NOT NULL, body smallint NOT NULL
);
CREATE INDEX ON knowledge_posting (term, source);
CREATE INDEX ON knowledge_posting (passage);
-- In how many passages a term is.
CREATE TABLE knowledge_term (
    source text COLLATE "C" NOT NULL, term text COLLATE "C" NOT NULL, passages integer NOT NULL,
    since bigint NOT NULL, until bigint NOT NULL DEFAULT 9223372036854775807,
    PRIMARY KEY (source, term, since)
);
CREATE TABLE knowledge_vector (text_hash bytea PRIMARY KEY, value bytea NOT NULL);
