//! The store on both databases: every statement below holds on SQLite and on PostgreSQL.

mod support;

mod batches;
mod connect;
mod documents;
mod findings;
mod placing;
mod schema;
mod versions;
