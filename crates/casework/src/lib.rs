//! From findings to letters: who is told what, in which kind of letter, until when, and who receives the mail.
//!
//! Every decision here is pure: findings, addresses and what was already told go in, drafts and reasons come out.
//! Refuses: rendering, sending, SQL.

mod config;
mod plan;
mod repeat;
mod routing;

pub use config::{AuthorityConfig, CaseworkConfig, LetterConfig, Officer, RouteConfig, RoutingConfig};
pub use plan::{Draft, Held, Plan, ProjectFile, Situation, plan, series_number};
pub use routing::officer_for;
