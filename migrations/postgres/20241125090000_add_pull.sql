-- 20241125090000_add_pull.sql
-- Why: what gateways were asked for completely, and when; unchanged data are as fresh as the last answer.
-- Previous release: still runs, it pulls nothing.

create table pull (
    source       text collate "C" not null,
    project_code text collate "C" not null,
    dataset      text collate "C" not null,
    month        text collate "C" not null,
    pulled_on    text collate "C" not null,
    pulled_at    bigint not null,
    row_count    bigint not null,
    primary key (source, project_code, dataset, month, pulled_on)
);
