//! The files of the county: which tables stand together in which file, and how each is dressed.
//! The tables themselves are also what the mock platform answers with.

pub mod attendance;
pub mod county;
mod dress;
pub mod grid;
mod layout;
pub mod site;
mod write;

pub use layout::{Named, papers};
