-- 20241101090000_create_store.sql
-- Why: everything the program keeps. Times are microseconds since 1970 (UTC), days `yyyy-MM-dd`, months `yyyy-MM`, '' = none.
-- Previous release: there is none.
-- Collation "C": text is ordered by bytes, as in the other database.

-- Facts about this database itself: fingerprint of the data key.
create table meta (
    name text collate "C" not null primary key,
    value text collate "C" not null
);

-- One received file or answer. The bytes stand in the archive under their hash.
create table batch (
    batch_id bigint generated always as identity not null primary key,
    source text collate "C" not null,
    file text collate "C" not null,
    received_at bigint not null,
    received_on text collate "C" not null,
    sha256 bytea not null,
    mapping text collate "C" not null,
    reader bigint not null,
    size bigint not null,
    archived boolean not null,
    report text collate "C" not null,
    unique (sha256, mapping, reader)
);

-- Lines of sheets, packed; the same lines sent again are kept once.
create table sheet_body (
    hash bytea not null primary key,
    body bytea not null
);

-- One version of one sheet, as it arrived. Never changed, except that it stops waiting.
create table sheet (
    sheet_id bigint not null primary key,
    batch_id bigint not null references batch (batch_id),
    dataset text collate "C" not null,
    place_kind text collate "C" not null,
    place text collate "C" not null,
    place_text text collate "C" not null,
    month text collate "C" not null,
    part text collate "C" not null,
    source text collate "C" not null,
    received_at bigint not null,
    received_on text collate "C" not null,
    uploaded_on text collate "C" not null,
    file text collate "C" not null,
    worksheet text collate "C" not null,
    row_count bigint not null,
    rejected bigint not null,
    heads bigint,
    gross_fen bigint,
    net_fen bigint,
    paid_fen bigint,
    coded boolean not null,
    hash bytea not null references sheet_body (hash),
    waiting boolean not null
);
create index sheet_place on sheet (place_kind, place);
create index sheet_waiting on sheet (sheet_id) where waiting;
create index sheet_batch on sheet (batch_id);

-- To which project a sheet belongs; an account of several projects puts one statement under each.
-- Versions of a key are ordered by (received_at, uploaded_on, rank); the highest is the current one.
create table placement (
    project_code text collate "C" not null,
    dataset text collate "C" not null,
    month text collate "C" not null,
    part text collate "C" not null,
    sheet_id bigint not null references sheet (sheet_id),
    received_at bigint not null,
    uploaded_on text collate "C" not null,
    rank bytea not null,
    is_current boolean not null,
    primary key (project_code, dataset, month, part, sheet_id)
);
create unique index placement_current on placement (project_code, dataset, month, part) where is_current;
create index placement_sheet on placement (sheet_id);

-- What current sheets say about names and accounts, for placing.
create table project_ref (
    project_code text collate "C" not null primary key,
    name_key text collate "C" not null
);
create table account_ref (
    account_no text collate "C" not null,
    project_code text collate "C" not null,
    primary key (account_no, project_code)
);
create index account_ref_project on account_ref (project_code);

create table worker (
    person_key bytea not null primary key,
    id_sealed bytea not null,
    masked text collate "C" not null,
    name text collate "C" not null
);

create table card (
    card_key bytea not null primary key,
    number_sealed bytea not null,
    masked text collate "C" not null
);

-- Who works where, from current rosters.
create table worker_site (
    person_key bytea not null,
    project_code text collate "C" not null,
    entry_on text collate "C" not null,
    exit_on text collate "C" not null,
    primary key (person_key, project_code)
);
create index worker_site_project on worker_site (project_code);

create table reject (
    reject_id bigint generated always as identity not null primary key,
    batch_id bigint not null references batch (batch_id),
    dataset text collate "C",
    worksheet text collate "C" not null,
    row_no bigint not null,
    column_name text collate "C" not null,
    value_sealed bytea not null,
    reason text collate "C" not null,
    mend text collate "C" not null
);
create index reject_batch on reject (batch_id);

create table finding (
    finding_key text collate "C" not null primary key,
    rule text collate "C" not null,
    project_code text collate "C" not null,
    period text collate "C" not null,
    subject text collate "C",
    outcome text collate "C" not null,
    severity text collate "C",
    content text collate "C" not null,
    first_seen text collate "C" not null,
    first_breach text collate "C",
    last_seen text collate "C" not null,
    cleared_on text collate "C"
);
create index finding_open on finding (finding_key) where cleared_on is null;

create table document (
    document_id bigint generated always as identity not null primary key,
    uid text collate "C" not null unique,
    kind text collate "C" not null,
    status text collate "C" not null,
    number text collate "C" unique,
    project_code text collate "C" not null,
    addressee text collate "C" not null,
    dated text collate "C" not null,
    due text collate "C" not null,
    content_sealed bytea not null,
    created_at bigint not null
);

create table document_file (
    document_id bigint not null references document (document_id),
    position bigint not null,
    name text collate "C" not null,
    media_type text collate "C" not null,
    bytes_sealed bytea not null,
    primary key (document_id, position)
);

create table document_finding (
    document_id bigint not null references document (document_id),
    finding_key text collate "C" not null,
    rule text collate "C" not null,
    project_code text collate "C" not null,
    period text collate "C" not null,
    subject text collate "C",
    primary key (document_id, finding_key)
);

create table document_number (
    series text collate "C" not null,
    year bigint not null,
    n bigint not null,
    document_id bigint not null references document (document_id),
    primary key (series, year, n)
);

create table outbox (
    mail_id bigint generated always as identity not null primary key,
    document_id bigint references document (document_id),
    mail_key text collate "C" not null unique,
    message_id text collate "C" not null,
    recipient text collate "C" not null,
    subject text collate "C" not null,
    mime_sealed bytea not null,
    created_at bigint not null,
    attempts bigint not null,
    next_attempt_at bigint not null,
    attempted_at bigint,
    sent_at bigint,
    answer text collate "C",
    last_error text collate "C"
);
create index outbox_due on outbox (next_attempt_at) where sent_at is null;

create table job_run (
    run_id bigint generated always as identity not null primary key,
    job text collate "C" not null,
    started_at bigint not null,
    finished_at bigint,
    ok boolean,
    report text collate "C"
);
create index job_run_job on job_run (job, run_id);

create table audit (
    audit_id bigint generated always as identity not null primary key,
    audited_at bigint not null,
    actor text collate "C" not null,
    act text collate "C" not null,
    subject text collate "C" not null,
    detail text collate "C" not null
);
