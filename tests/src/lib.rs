//! Tests of the whole system; see `main.rs`.
