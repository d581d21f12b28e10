//! Attendance of a worker in a month (file-formats.md §9).

use serde::{Deserialize, Serialize};

use super::{Hundredths, Who};
use crate::Field;

/// Long punches and wide matrices both end here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AttendanceLine {
    pub who: Who,
    pub team: Option<String>,
    pub trade: Option<String>,
    /// Bit 0 = the 1st: a whole day was worked.
    pub whole_days: u32,
    /// Bit 0 = the 1st: half a day was worked.
    pub half_days: u32,
    /// Hours of the month, where the sheet gives hours.
    pub hours: Field<Hundredths>,
    /// The sheet's own total of days.
    pub stated_days: Field<Hundredths>,
}

impl AttendanceLine {
    /// Days on which the worker was there at all.
    pub fn attended_mask(&self) -> u32 {
        self.whole_days | self.half_days
    }

    /// Days worked, half days as 50 hundredths.
    pub fn days(&self) -> Hundredths {
        let whole = self.whole_days.count_ones().cast_signed();
        let half = (self.half_days & !self.whole_days).count_ones().cast_signed();
        whole * 100 + half * 50
    }
}
