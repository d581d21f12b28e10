//! County: a data directory, a configuration, the real binary, and what came out of it.

mod agreement;
mod anxin;
mod chance;
mod county;
mod files;
mod gateway;
mod mailbox;
mod planted;
mod postgres;
mod relay;
mod synthetic;

pub use agreement::{assert_figures, assert_same, problems};
pub use anxin::{Answer, Running, binary, repository};
pub use chance::Chance;
pub use county::{County, Database};
pub use files::{Sheet, account, id_number, project, sheet};
pub use gateway::{Gateway, write_secret};
pub use mailbox::{Mail, Mailbox};
pub use planted::{Key, Planted, key_of};
pub use relay::{Manner, Relay};
pub use synthetic::{Synthetic, synthetic};
