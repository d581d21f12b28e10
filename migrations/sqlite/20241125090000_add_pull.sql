-- 20241125090000_add_pull.sql
-- Why: what gateways were asked for completely, and when; unchanged data are as fresh as the last answer.
-- Previous release: still runs, it pulls nothing.

create table pull (
    source       text not null,
    project_code text not null,
    dataset      text not null,
    month        text not null,
    pulled_on    text not null,
    pulled_at    integer not null,
    row_count    integer not null,
    primary key (source, project_code, dataset, month, pulled_on)
) strict, without rowid;
