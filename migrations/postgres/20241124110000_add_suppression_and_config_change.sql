-- 20241124110000_add_suppression_and_config_change.sql
-- Why: officers exempt a finding or a rule of a project for a time; every edited figure has its history.
-- Previous release: still runs, it does not look at these tables (and tells of what is exempt).

create table suppression (
    suppression_id bigint generated always as identity not null primary key,
    project_code text collate "C" not null,
    rule text collate "C" not null,
    period text collate "C" not null,
    subject text collate "C",
    until text collate "C" not null,
    officer text collate "C" not null,
    reason text collate "C" not null,
    created_at bigint not null,
    withdrawn_at bigint,
    withdrawn_by text collate "C"
);
create index suppression_until on suppression (until);

create table config_change (
    config_change_id bigint generated always as identity not null primary key,
    changed_at bigint not null,
    changed_by text collate "C" not null,
    file text collate "C" not null,
    name text collate "C" not null,
    before_json text collate "C" not null,
    after_json text collate "C" not null,
    sha256 bytea not null
);
create index config_change_name on config_change (name, config_change_id);
