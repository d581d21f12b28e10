-- 20241124200000_add_clear_days.sql
-- Why: a cured finding closes only after it was clear on several days in a row; how many it has been clear is kept.
-- Previous release: still runs, it closes on the first clear day.

alter table finding add column clear_days bigint not null default 0;
alter table finding add column clear_seen text collate "C";
