//! The wire of a 全国建筑工人管理服务信息平台-style gateway (`open.api`): forms, signatures, encrypted fields, answers,
//! code tables. Client and mock platform both speak through it, so that neither can drift from the other alone.
//! It opens no socket, reads no clock and draws no nonce: those are given.
//! Section numbers are those of the interface description (platform-api.md).

mod answer;
mod cipher;
mod codes;
mod columns;
mod method;
mod record;
mod request;
mod secret;
mod sign;

pub use answer::{Answer, AsyncState, Family, Kind, NotAnAnswer, Page};
pub use cipher::{Unreadable, decrypt, encrypt};
pub use codes::{ACCOUNT_KIND, BANK, CORP_ROLE, ID_TYPE, PASSAGE, PROJECT_CATEGORY, PROJECT_STATUS, Table, WORK_TYPE};
pub use columns::{Column, columns};
pub use method::{METHODS, Method, PAGE_SIZE_MAX, SECRET_FIELDS, Verb, is_secret_field, method};
pub use record::Record;
pub use request::{Form, Request};
pub use secret::Secret;
pub use sign::{corpsign, sign, sign_fields};
