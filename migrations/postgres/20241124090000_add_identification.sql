-- 20241124090000_add_identification.sql
-- Why: an officer settles whose the lines of a name without identity number are; the answer is remembered.
-- Previous release: still runs, it does not look at this table.

create table identification (
    identification_id bigint generated always as identity not null primary key,
    project_code text collate "C" not null,
    name text collate "C" not null,
    team text collate "C" not null,
    card_key bytea not null,
    person_key bytea not null,
    decided_at bigint not null,
    officer text collate "C" not null,
    reason text collate "C" not null
);
create index identification_project on identification (project_code, decided_at);
