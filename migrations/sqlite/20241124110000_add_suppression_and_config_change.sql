-- 20241124110000_add_suppression_and_config_change.sql
-- Why: officers exempt a finding or a rule of a project for a time; every edited figure has its history.
-- Previous release: still runs, it does not look at these tables (and tells of what is exempt).

create table suppression (
    suppression_id integer not null primary key,
    project_code text not null,
    rule text not null,
    period text not null,
    subject text,
    until text not null,
    officer text not null,
    reason text not null,
    created_at integer not null,
    withdrawn_at integer,
    withdrawn_by text
) strict;
create index suppression_until on suppression (until);

create table config_change (
    config_change_id integer not null primary key,
    changed_at integer not null,
    changed_by text not null,
    file text not null,
    name text not null,
    before_json text not null,
    after_json text not null,
    sha256 blob not null
) strict;
create index config_change_name on config_change (name, config_change_id);
