//! The files of the county: which tables stand together in which file, and how each is dressed.

mod county;
mod dress;
mod grid;
mod layout;
mod site;
mod write;

pub use layout::{Named, papers};
