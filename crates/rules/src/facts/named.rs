//! What matching needs of the lines of different sheets.

use model::sheet::{AttendanceLine, ContractLine, PayoutLine, PayrollLine, RosterLine, Who};

/// What matching needs of a line.
pub trait Named {
    fn who(&self) -> &Who;
    fn team(&self) -> Option<&str>;
    /// A second line of the same person on the same sheet (file-formats.md §14, quirk 23).
    fn is_repeated(&self) -> bool;
}

macro_rules! named {
    ($($line:ty => $team:expr, $repeated:expr;)*) => {
        $(impl Named for $line {
            fn who(&self) -> &Who {
                &self.who
            }
            fn team(&self) -> Option<&str> {
                let team: fn(&$line) -> Option<&str> = $team;
                team(self)
            }
            fn is_repeated(&self) -> bool {
                let repeated: fn(&$line) -> bool = $repeated;
                repeated(self)
            }
        })*
    };
}

named! {
    RosterLine => |line| line.team.given().map(String::as_str), |_| false;
    ContractLine => |_| None, |_| true;
    AttendanceLine => |line| line.team.as_deref(), |_| false;
    PayrollLine => |line| line.team.as_deref(), PayrollLine::is_back_pay;
    PayoutLine => |_| None, |_| true;
}
