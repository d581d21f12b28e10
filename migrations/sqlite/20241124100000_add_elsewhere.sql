-- 20241124100000_add_elsewhere.sql
-- Why: what other projects say of a project (the same company, the same wage officer, its people's attendance, its wage
-- cards) is found by these rows. They name candidates and are only added to; what holds is read from the sheets. They are
-- filled when sheets are placed; for sheets that were there before, when the store is opened (meta `elsewhere`).
-- Previous release: reads as before. Sheets it imports stay out of these rows: delete the row `elsewhere` of `meta` before
-- the newer release opens the store again, and everything is entered anew.

-- Company and wage officer of project rows, of any version.
create table project_peer (
    peer         text not null,
    project_code text not null,
    primary key (peer, project_code)
) strict, without rowid;

-- What has been entered for a project, in lots: pairs of the first eight bytes of two keys (person and zeros: attended;
-- card and person: on roster, payroll or payout), and how many pairs were there before. A month like the last one needs
-- no other table.
create table project_keys (
    project_code text    not null,
    before       integer not null,
    pairs        blob    not null,
    primary key (project_code, before)
) strict;

-- Where a person or a card was entered first. Nothing more is written of those that stay on one project.
create table key_home (
    key_no       integer not null primary key,
    holder       integer not null,
    project_code text    not null
) strict;

-- Every project and holder of a key that has several.
create table key_site (
    project_code text    not null,
    key_no       integer not null,
    holder       integer not null,
    primary key (project_code, key_no, holder)
) strict, without rowid;
create index key_site_key on key_site (key_no);
