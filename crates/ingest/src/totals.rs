//! The total rows of a worksheet against the lines it keeps.

use model::sheet::Totals;
use model::{Body, Fen};

use crate::gather::Part;
use crate::layout::payroll;
use crate::report::{Note, Tally};

/// A total row that covers the whole sheet.
pub struct StatedTotal {
    pub row: u32,
    pub totals: Totals,
}

/// Sums of the kept lines of a worksheet.
pub fn sums(parts: &[Part]) -> Totals {
    let (mut gross, mut net) = (Some(Fen::ZERO), Fen::ZERO);
    for part in parts {
        match &part.body {
            Body::Payroll(lines) => {
                let sums = payroll::sums(lines);
                gross = gross.map(|gross| gross + sums.0);
                net += sums.1;
            }
            Body::Payout(lines) => {
                gross = None;
                net += lines.iter().map(|line| line.amount).sum();
            }
            _ => {}
        }
    }
    Totals { gross, net: Some(net) }
}

/// What two total rows come to together; unknown where one of them says nothing.
pub fn both(one: Totals, other: Totals) -> Totals {
    let sum = |one: Option<Fen>, other: Option<Fen>| Some(one? + other?);
    Totals { gross: sum(one.gross, other.gross), net: sum(one.net, other.net) }
}

impl StatedTotal {
    /// Whether the row says what the lines add up to, as far as it says anything.
    pub fn fits(&self, sums: Totals) -> bool {
        let same = |stated: Option<Fen>, sum: Option<Fen>| stated.is_none() || sum.is_none() || stated == sum;
        same(self.totals.gross, sums.gross) && same(self.totals.net, sums.net)
    }
}

/// A total row stands for all sheets of its worksheet: what it differs by is put down to the first of them. Of several rows
/// one that fits the lines is the total, the others are parts; else the last.
pub fn state(parts: &mut [Part], stated: &[StatedTotal]) {
    let all = sums(parts);
    let Some(stated) = stated.iter().rfind(|row| row.fits(all)).or(stated.last()) else { return };
    if let Some(part) = parts.first_mut() {
        let own = sums(std::slice::from_ref(part));
        let share = |stated: Option<Fen>, all: Option<Fen>, own: Option<Fen>| Some(stated? - (all? - own?));
        let gross = share(stated.totals.gross, all.gross, own.gross);
        part.head.stated = Some(Totals { gross, net: share(stated.totals.net, all.net, own.net) });
    }
}

/// Total rows that the lines do not add up to (with rejected rows they cannot), and total rows that differ from each other.
pub fn tell(stated: &[StatedTotal], sums: Totals, tally: &mut Tally) {
    let shown = |totals: &Totals| {
        let part = |name: &str, sum: Option<Fen>| sum.map(|sum| format!("{name} {} 元", sum.yuan()));
        let net = if totals.gross.is_some() { "实发" } else { "" };
        [part("应发", totals.gross), part(net, totals.net)].into_iter().flatten().collect::<Vec<_>>().join("、")
    };
    let Some(last) = stated.last() else { return };
    let mut different: Vec<&StatedTotal> = Vec::new();
    for row in stated {
        if !different.iter().any(|known| known.totals == row.totals) {
            different.push(row);
        }
    }
    let says = |row: &StatedTotal| format!("第 {} 行 {}", row.row, shown(&row.totals).trim());
    // What the total rows leave out is not compared.
    let own = Totals { gross: sums.gross.filter(|_| stated.iter().any(|row| row.totals.gross.is_some())), net: sums.net };
    let lines = format!("保留的各行之和是{}", shown(&own).trim_start());
    let fits = stated.iter().any(|row| row.fits(sums));
    if different.len() > 1 {
        let all: Vec<String> = different.iter().take(5).map(|row| says(row)).collect();
        let which = if fits { "" } else { "，都不是各行之和" };
        let what = format!("有 {} 个不同的合计{which}：{}；{lines}", different.len(), all.join("；"));
        tally.notes.push(Note::whole(what, "请核对；各班组、各页的小计请写“小计”，全表只留一个合计"));
    } else if !fits && tally.rejected == 0 {
        let what = format!("合计行写的是{}；{lines}", says(last));
        tally.notes.push(Note::whole(what, "请核对各行金额和合计后重新提供"));
    }
}
