-- 20241101090000_create_store.sql
-- Why: everything the program keeps. Times are microseconds since 1970 (UTC), days `yyyy-MM-dd`, months `yyyy-MM`, '' = none.
-- Previous release: there is none.

-- Facts about this database itself: fingerprint of the data key.
create table meta (
    name  text not null primary key,
    value text not null
) strict;

-- One received file or answer. The bytes stand in the archive under their hash.
create table batch (
    batch_id    integer not null primary key,
    source      text    not null,
    file        text    not null,
    received_at integer not null,
    received_on text    not null,
    sha256      blob    not null,
    mapping     text    not null,
    reader      integer not null,
    size        integer not null,
    archived    integer not null,
    report      text    not null,
    unique (sha256, mapping, reader)
) strict;

-- Lines of sheets, packed; the same lines sent again are kept once.
create table sheet_body (
    hash blob not null primary key,
    body blob not null
) strict;

-- One version of one sheet, as it arrived. Never changed, except that it stops waiting.
create table sheet (
    sheet_id    integer not null primary key,
    batch_id    integer not null references batch (batch_id),
    dataset     text    not null,
    place_kind  text    not null,
    place       text    not null,
    place_text  text    not null,
    month       text    not null,
    part        text    not null,
    source      text    not null,
    received_at integer not null,
    received_on text    not null,
    uploaded_on text    not null,
    file        text    not null,
    worksheet   text    not null,
    row_count   integer not null,
    rejected    integer not null,
    heads       integer,
    gross_fen   integer,
    net_fen     integer,
    paid_fen    integer,
    coded       integer not null,
    hash        blob    not null references sheet_body (hash),
    waiting     integer not null
) strict;
create index sheet_place on sheet (place_kind, place);
create index sheet_waiting on sheet (sheet_id) where waiting;
create index sheet_batch on sheet (batch_id);

-- To which project a sheet belongs; an account of several projects puts one statement under each.
-- Versions of a key are ordered by (received_at, uploaded_on, rank); the highest is the current one.
create table placement (
    project_code text    not null,
    dataset      text    not null,
    month        text    not null,
    part         text    not null,
    sheet_id     integer not null references sheet (sheet_id),
    received_at  integer not null,
    uploaded_on  text    not null,
    rank         blob    not null,
    is_current   integer not null,
    primary key (project_code, dataset, month, part, sheet_id)
) strict, without rowid;
create unique index placement_current on placement (project_code, dataset, month, part) where is_current;
create index placement_sheet on placement (sheet_id);

-- What current sheets say about names and accounts, for placing.
create table project_ref (
    project_code text not null primary key,
    name_key     text not null
) strict;
create table account_ref (
    account_no   text not null,
    project_code text not null,
    primary key (account_no, project_code)
) strict, without rowid;
create index account_ref_project on account_ref (project_code);

create table worker (
    person_key blob not null primary key,
    id_sealed  blob not null,
    masked     text not null,
    name       text not null
) strict, without rowid;

create table card (
    card_key      blob not null primary key,
    number_sealed blob not null,
    masked        text not null
) strict, without rowid;

-- Who works where, from current rosters.
create table worker_site (
    person_key   blob not null,
    project_code text not null,
    entry_on     text not null,
    exit_on      text not null,
    primary key (person_key, project_code)
) strict, without rowid;
create index worker_site_project on worker_site (project_code);

create table reject (
    reject_id    integer not null primary key,
    batch_id     integer not null references batch (batch_id),
    dataset      text,
    worksheet    text    not null,
    row_no       integer not null,
    column_name  text    not null,
    value_sealed blob    not null,
    reason       text    not null,
    mend         text    not null
) strict;
create index reject_batch on reject (batch_id);

create table finding (
    finding_key  text not null primary key,
    rule         text not null,
    project_code text not null,
    period       text not null,
    subject      text,
    outcome      text not null,
    severity     text,
    content      text not null,
    first_seen   text not null,
    first_breach text,
    last_seen    text not null,
    cleared_on   text
) strict;
create index finding_open on finding (finding_key) where cleared_on is null;

create table document (
    document_id    integer not null primary key,
    uid            text    not null unique,
    kind           text    not null,
    status         text    not null,
    number         text    unique,
    project_code   text    not null,
    addressee      text    not null,
    dated          text    not null,
    due            text    not null,
    content_sealed blob    not null,
    created_at     integer not null
) strict;

create table document_file (
    document_id  integer not null references document (document_id),
    position     integer not null,
    name         text    not null,
    media_type   text    not null,
    bytes_sealed blob    not null,
    primary key (document_id, position)
) strict;

create table document_finding (
    document_id  integer not null references document (document_id),
    finding_key  text    not null,
    rule         text    not null,
    project_code text    not null,
    period       text    not null,
    subject      text,
    primary key (document_id, finding_key)
) strict;

create table document_number (
    series      text    not null,
    year        integer not null,
    n           integer not null,
    document_id integer not null references document (document_id),
    primary key (series, year, n)
) strict;

create table outbox (
    mail_id         integer not null primary key,
    document_id     integer references document (document_id),
    mail_key        text    not null unique,
    message_id      text    not null,
    recipient       text    not null,
    subject         text    not null,
    mime_sealed     blob    not null,
    created_at      integer not null,
    attempts        integer not null,
    next_attempt_at integer not null,
    attempted_at    integer,
    sent_at         integer,
    answer          text,
    last_error      text
) strict;
create index outbox_due on outbox (next_attempt_at) where sent_at is null;

create table job_run (
    run_id      integer not null primary key,
    job         text    not null,
    started_at  integer not null,
    finished_at integer,
    ok          integer,
    report      text
) strict;
create index job_run_job on job_run (job, run_id);

create table audit (
    audit_id   integer not null primary key,
    audited_at integer not null,
    actor      text    not null,
    act        text    not null,
    subject    text    not null,
    detail     text    not null
) strict;
