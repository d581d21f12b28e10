-- 20241124090000_add_identification.sql
-- Why: an officer settles whose the lines of a name without identity number are; the answer is remembered.
-- Previous release: still runs, it does not look at this table.

create table identification (
    identification_id integer not null primary key,
    project_code      text    not null,
    name              text    not null,
    team              text    not null,
    card_key          blob    not null,
    person_key        blob    not null,
    decided_at        integer not null,
    officer           text    not null,
    reason            text    not null
) strict;
create index identification_project on identification (project_code, decided_at);
