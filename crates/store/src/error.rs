//! What can go wrong with the store, in the words the office reads.

#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error("{what}")]
    Other { what: String },
}

impl StoreError {
    /// Whether the next scheduled run may succeed with nobody intervening.
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Other { .. } => false,
        }
    }
}
