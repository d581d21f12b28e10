//! The data key.
use crate::StoreError;
use model::{CardKey, PersonKey};
use std::path::Path;

pub struct Vault;

impl Vault {
    pub fn open_or_create(_data_dir: &Path) -> Result<(Self, bool), StoreError> {
        unimplemented!()
    }
    pub fn key_text(&self) -> String {
        unimplemented!()
    }
    pub fn person_key(&self, _normalised_id: &str) -> PersonKey {
        unimplemented!()
    }
    pub fn card_key(&self, _digits: &str) -> CardKey {
        unimplemented!()
    }
    pub fn seal(&self, _plain: &[u8]) -> Vec<u8> {
        unimplemented!()
    }
    pub fn open(&self, _sealed: &[u8]) -> Result<Vec<u8>, StoreError> {
        unimplemented!()
    }
}
