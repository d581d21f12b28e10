//! The whole system from outside: the real binary, real databases, a real mail server.
//!
//! `tests/run` builds the binary and starts the servers first; a missing one fails the test, nothing is skipped.

#[cfg(test)]
mod scenarios;
#[cfg(test)]
mod support;
