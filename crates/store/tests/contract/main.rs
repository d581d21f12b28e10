//! The store on both databases: every statement below holds on SQLite and on PostgreSQL.

#[cfg(test)]
mod support;

#[cfg(test)]
mod batches;
#[cfg(test)]
mod connect;
#[cfg(test)]
mod documents;
#[cfg(test)]
mod elsewhere;
#[cfg(test)]
mod findings;
#[cfg(test)]
mod identifications;
#[cfg(test)]
mod placing;
#[cfg(test)]
mod quality;
#[cfg(test)]
mod schema;
#[cfg(test)]
mod suppressions;
#[cfg(test)]
mod versions;
