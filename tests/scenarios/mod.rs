//! Stories from outside, one file per theme.

mod bad_files;
mod bad_machine;
mod calendar;
mod config_mistakes;
mod county_2024;
mod county_rules;
mod daemon;
mod folders;
mod formats;
mod kills;
mod letters;
mod mails;
mod mappings;
mod platform;
mod privacy;
mod pull;
mod quality;
mod returns;
mod review;
mod rules_edit;
mod sweep;
mod withheld;
