//! The methods of §8.2: rows with all columns of a dataset, under the field names of file-formats.md.

use std::slice::from_ref;

use model::{Dataset, Date, Month};
use platform::{Record, columns};

use super::table::{Line, Row, known_on, lines};
use crate::files::grid::Grid;
use crate::files::{county, site as tables};
use crate::world::Site;

/// All rows of the project that fit the query keys, as known on `today`.
pub fn rows(site: &Site, dataset: Dataset, query: Record<'_>, today: Date) -> Vec<Row> {
    let grids = grids(site, dataset, query).into_iter().map(|grid| known_on(grid, today));
    grids
        .flat_map(|grid| lines(&grid).filter(|line| fits(dataset, *line, query)).map(|line| row(dataset, line)).collect::<Vec<_>>())
        .collect()
}

fn grids(site: &Site, dataset: Dataset, query: Record<'_>) -> Vec<Grid> {
    let month: Option<Month> = query.text("payMonth").and_then(|text| text.parse().ok());
    let wanted = |of: Month| month.is_none_or(|month| month == of);
    match dataset {
        Dataset::Project => vec![county::projects(from_ref(site))],
        Dataset::Account => vec![county::accounts(from_ref(site))],
        Dataset::Deposit => vec![county::deposits(from_ref(site))],
        Dataset::Board => vec![county::boards(from_ref(site))],
        Dataset::Ledger => vec![tables::ledger(site)],
        Dataset::Payroll => {
            let months = site.months.iter().filter(|paid| !paid.missing && wanted(paid.month));
            months.flat_map(|paid| (0..site.firms.len()).map(|employer| tables::payroll(site, paid, employer))).collect()
        }
        Dataset::Payout => site.batches.iter().filter(|batch| wanted(batch.month)).map(|batch| tables::payout(site, batch)).collect(),
        // The county's files hold no settlements of leaving workers.
        _ => Vec::new(),
    }
}

/// Keys that the tables themselves must answer; the project and the month are chosen above.
fn fits(dataset: Dataset, line: Line<'_>, query: Record<'_>) -> bool {
    let same = |key: &str, heading: &str| query.text(key).is_none_or(|wanted| line.text(heading) == wanted);
    let day = |key: &str| query.text(key).and_then(|text| text.get(..10).and_then(|day| day.parse::<Date>().ok()));
    match dataset {
        Dataset::Project => same("contractorCorpCode", "总承包单位统一社会信用代码"),
        Dataset::Ledger => {
            let traded = line.date("交易日期");
            same("accountNo", "本方账号")
                && day("startDate").is_none_or(|from| traded.is_some_and(|date| date >= from))
                && day("endDate").is_none_or(|to| traded.is_some_and(|date| date <= to))
        }
        Dataset::Payout => same("batchNo", "代发批次号"),
        _ => true,
    }
}

fn row(dataset: Dataset, line: Line<'_>) -> Row {
    let fields = columns(dataset).iter().filter(|column| line.has(column.heading));
    fields.map(|column| (column.field.to_owned(), line.value(column.heading))).collect()
}
