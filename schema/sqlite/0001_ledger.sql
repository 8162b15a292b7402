-- The ledger: entries are the only truth, every other table is folded from them.
-- Only types that PostgreSQL has too: bigint and text. Digests and salts are hexadecimal text.

create table entry (
    entry_id bigint not null primary key,
    at_us bigint not null,
    actor text not null,
    verb text not null,
    salt text,
    payload text,
    payload_digest text not null,
    hash text not null,
    constraint entry_emptied_wholly check ((salt is null) = (payload is null))
);

-- Which pieces an entry speaks of: their history, and what a disposal has to empty.
create table entry_evidence (
    evidence_id bigint not null,
    entry_id bigint not null references entry (entry_id),
    constraint entry_evidence_once primary key (evidence_id, entry_id)
);

-- Which blob an entry tells the reading of.
create table entry_blob (
    sha256 text not null,
    entry_id bigint not null references entry (entry_id),
    constraint entry_blob_once primary key (sha256, entry_id)
);

-- Projections. `body` is the value in JSON as the library has it; the columns beside it are what is looked up.

create table archive (
    archive_id bigint not null primary key,
    timezone text not null
);

create table unit (
    unit_id text not null primary key,
    position bigint not null,
    body text not null
);

create table scheme (
    scheme_id text not null primary key,
    retired bigint not null,
    body text not null
);

create table submission (
    submission_id bigint not null primary key,
    body text not null
);

create table evidence (
    evidence_id bigint not null primary key,
    unit_id text,
    body text not null
);

create table part (
    evidence_id bigint not null references evidence (evidence_id) on delete cascade,
    position bigint not null,
    sha256 text not null,
    name text not null,
    constraint part_once_an_evidence primary key (evidence_id, position)
);

create index part_sha256 on part (sha256);

create table reading (
    sha256 text not null primary key,
    extractor text not null,
    version bigint not null,
    status text not null,
    body text not null
);

create table duty_standing (
    scheme_id text not null,
    requirement_id text not null,
    unit_id text not null,
    period text not null,
    body text not null,
    constraint duty_once_a_period primary key (scheme_id, requirement_id, unit_id, period)
);

create table absorption (
    evidence_id bigint not null primary key,
    into_id bigint not null
);

create table disposal (
    evidence_id bigint not null primary key,
    body text not null
);
