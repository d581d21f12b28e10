//! Finds the heading row and with it the dataset: by headings alone, never by the file name (file-formats.md §14, quirks 4 and 5).

use std::borrow::Cow;

use model::Dataset;

use crate::classify::is_weekday;
use crate::days::{self, DayColumns};
use crate::heading::{self, HeadingCell, Mapping};
use crate::layout::{SHAPES, Shape, payroll, roster};
use crate::mapping::SavedMapping;
use crate::table::{Cell, Grid};

/// Rows among which the heading is looked for.
pub const SEARCHED: usize = 30;
/// Fewer known headings than this make no heading row.
const FEWEST: usize = 2;

pub struct Located {
    /// From 0.
    pub row: usize,
    /// One or two rows.
    pub height: usize,
    pub mapping: Mapping,
    pub days: DayColumns,
    /// Heading of a sum of wages beside the days of a matrix: a second table that is not read.
    pub wages: Option<String>,
}

#[derive(Debug, PartialEq, Eq)]
pub enum NotFound {
    /// No row looks like a heading.
    Nothing,
    /// The nearest dataset and the columns it lacks.
    Near { dataset: Dataset, missing: Vec<&'static str> },
    /// Two datasets fit equally well.
    Tie(Dataset, Dataset),
    /// Each row says that somebody came or went: no roster, though it looks like one.
    Movements,
}

/// How many cells of a row are headings that some dataset knows.
pub fn known_headings(cells: &[Cell<'_>]) -> usize {
    let texts = cells.iter().filter(|c| matches!(c, Cell::Text(text) if heading::is_known(text))).count();
    let days = days::find(cells).columns.len();
    texts + if days >= days::FEWEST { days } else { 0 }
}

pub fn locate(rows: &[Vec<Cell<'_>>], grid: Option<&Grid>, saved: Option<&SavedMapping>) -> Result<Located, NotFound> {
    let mut best: Option<(usize, Located, Option<Dataset>)> = None;
    for (at, row) in rows.iter().enumerate().take(SEARCHED) {
        let mut upper = row.clone();
        if let Some(grid) = grid {
            grid.spread(at, &mut upper);
        }
        if known_headings(&upper) + saved.map_or(0, |saved| saved.known(&upper)) < FEWEST {
            continue;
        }
        let single = combine(&upper, &[]);
        let single_days = days::find(&upper);
        let place = Spot { row: at, height: 1, saved };
        consider(&mut best, &single, &single_days, &place);
        if let Some(below) = rows.get(at + 1) {
            let mut lower = below.clone();
            if let Some(grid) = grid {
                grid.spread(at + 1, &mut lower);
            }
            if !may_detail(&upper, &lower) {
                continue;
            }
            let double = combine(&upper, &lower);
            let lower_days = days::find(&lower);
            let days = if lower_days.columns.len() > single_days.columns.len() { lower_days } else { single_days.clone() };
            let before = best.as_ref().map_or(0, |b| b.0);
            consider(&mut best, &double, &days, &Spot { height: 2, ..place });
            // Weekdays below the dates, or merged headings: the second row is heading, though it names no column.
            if best.as_ref().is_some_and(|b| b.0 == before && b.1.row == at && b.1.height == 1)
                && is_second_row(&upper, &lower)
                && let Some(found) = &mut best
            {
                found.1.height = 2;
            }
        }
    }
    match best {
        Some((_, located, None)) => Ok(located),
        Some((_, located, Some(other))) => Err(NotFound::Tie(located.mapping.shape.dataset, other)),
        None => Err(nearest(rows, saved)),
    }
}

/// Long numbers are values: a row with an account number is a preamble, not the upper part of a heading.
const VALUE_DIGITS: usize = 9;

/// Whether the row below a heading may be part of it: it names columns, days or weekdays, or repeats merged cells.
fn may_detail(upper: &[Cell<'_>], lower: &[Cell<'_>]) -> bool {
    let is_value = |cell: &Cell<'_>| {
        let shown = cell.shown();
        shown.len() >= VALUE_DIGITS && shown.bytes().all(|b| b.is_ascii_digit() || b == b'-' || b == b' ')
    };
    if upper.iter().any(is_value) && days::find(upper).columns.is_empty() {
        return false;
    }
    // `施工单位： | 测试建筑有限公司`: labels of a preamble, above a heading that stands by itself.
    let is_label = |cell: &Cell<'_>| matches!(cell, Cell::Text(text) if text.trim_end().ends_with([':', '：']));
    if upper.iter().any(is_label) && known_headings(lower) >= FEWEST && !lower.iter().any(is_label) {
        return false;
    }
    let part = |(at, cell): (usize, &Cell<'_>)| {
        matches!(cell, Cell::Text(text) if heading::is_known(text) || heading::is_detail(text.trim()))
            || !cell.is_blank() && upper.get(at).is_some_and(|c| c == cell)
    };
    lower.iter().enumerate().any(part) || days::find(lower).columns.len() >= days::FEWEST
}

fn combine<'c>(upper: &'c [Cell<'_>], lower: &'c [Cell<'_>]) -> Vec<HeadingCell<'c>> {
    let shown = |cells: &'c [Cell<'_>], at: usize| cells.get(at).map_or(Cow::Borrowed(""), Cell::shown);
    (0..upper.len().max(lower.len())).map(|at| HeadingCell::new(shown(upper, at), shown(lower, at))).collect()
}

/// A row that may be the heading, and what was settled for its source.
struct Spot<'s> {
    row: usize,
    height: usize,
    saved: Option<&'s SavedMapping>,
}

fn consider(best: &mut Option<(usize, Located, Option<Dataset>)>, cells: &[HeadingCell<'_>], days: &DayColumns, spot: &Spot<'_>) {
    let mut found = fitting(cells, days, spot.saved);
    found.sort_by_key(|m| std::cmp::Reverse(m.score));
    let Some(first) = found.first() else { return };
    if best.as_ref().is_some_and(|b| b.0 >= first.score) {
        return;
    }
    let tie = found.get(1).filter(|second| second.score == first.score).map(|second| second.shape.dataset);
    let days = if first.shape.takes_days && days.columns.len() >= days::FEWEST && !first.has(crate::layout::attendance::Col::Time as usize)
    {
        days.clone()
    } else {
        DayColumns::default()
    };
    let wages = if days.columns.is_empty() { None } else { wages_beside(cells, spot.saved) };
    *best = Some((first.score, Located { row: spot.row, height: spot.height, mapping: first.clone(), days, wages }, tie));
}

fn wages_beside(cells: &[HeadingCell<'_>], saved: Option<&SavedMapping>) -> Option<String> {
    let wages = heading::map_columns(&payroll::SHAPE, cells, 0, saved.and_then(|saved| saved.table(Dataset::Payroll)));
    let sums = [payroll::Col::Net, payroll::Col::Gross];
    sums.into_iter().find_map(|column| wages.headings[column as usize].as_ref().map(|heading| heading.0.clone()))
}

/// The datasets whose needs a heading row meets.
fn fitting(cells: &[HeadingCell<'_>], days: &DayColumns, saved: Option<&SavedMapping>) -> Vec<Mapping> {
    let table = |shape: &'static Shape| saved.and_then(|saved| saved.table(shape.dataset));
    let days = days.columns.len();
    if let Some(forced) = saved.and_then(|saved| saved.forced(cells)) {
        let shape = SHAPES.iter().filter(|shape| shape.dataset == forced);
        return shape.map(|shape| Mapping { score: usize::MAX, ..heading::map_columns(shape, cells, days, table(shape)) }).collect();
    }
    // Only datasets that know about as many headings as the best are worth a closer look.
    let assigned = |shape, cell: &HeadingCell<'_>| table(shape).is_some_and(|table| table.assigned(&cell.shown()).is_some());
    // A heading merged over many columns is one heading.
    let own = |at: usize| at == 0 || !cells[at].is_spread_from(&cells[at - 1]);
    let known = |shape: &'static Shape| {
        cells.iter().enumerate().filter(|(at, cell)| own(*at) && (cell.is_exact(shape) || assigned(shape, cell))).count()
    };
    let known: Vec<usize> = SHAPES.iter().map(|shape| known(shape)).collect();
    let most = known.iter().copied().max().unwrap_or(0);
    let near = SHAPES.iter().zip(&known).filter(|(_, known)| **known * 2 >= most).map(|(shape, _)| *shape);
    let names_workers = cells.iter().any(HeadingCell::names_workers);
    let near = near.filter(|shape| !(names_workers && shape.dataset == Dataset::Team));
    let mut found: Vec<Mapping> = near.filter_map(|shape| heading::match_shape(shape, cells, days, table(shape))).collect();
    if found.iter().any(|mapping| mapping.shape.dataset == Dataset::Roster) {
        prefer_wages(&mut found, cells, table(&payroll::SHAPE));
    }
    found
}

/// Sums of wages belong to no roster: a table with them is a payroll, and one that only looks like it is asked about.
fn prefer_wages(found: &mut Vec<Mapping>, cells: &[HeadingCell<'_>], saved: Option<&crate::mapping::SavedTable>) {
    use payroll::Col::{Advance, Base, Bonus, DayRate, Days, Deduction, Gross, HourRate, Hours, Net, Overtime, Pieces};
    let wages = heading::map_columns(&payroll::SHAPE, cells, 0, saved);
    let has = |column: payroll::Col| wages.has(column as usize) || wages.unclear.iter().any(|u| u.0 == column as usize);
    let parts = [Advance, Base, Bonus, DayRate, Days, Deduction, HourRate, Hours, Overtime, Pieces];
    if has(Gross) || has(Net) || parts.into_iter().filter(|column| has(*column)).count() >= 2 {
        found.retain(|mapping| mapping.shape.dataset != Dataset::Roster);
    }
}

/// The dataset that comes nearest, for the message.
fn nearest(rows: &[Vec<Cell<'_>>], saved: Option<&SavedMapping>) -> NotFound {
    let mut near: Option<(usize, &'static Shape, Mapping)> = None;
    for row in rows.iter().take(SEARCHED).filter(|row| known_headings(row) >= FEWEST) {
        let cells = combine(row, &[]);
        let days = days::find(row).columns.len();
        for shape in SHAPES {
            let mut mapping = heading::map_columns(shape, &cells, days, saved.and_then(|saved| saved.table(shape.dataset)));
            // Fits, and was put aside for its wages.
            if shape.dataset == Dataset::Roster && missing(shape, &mapping).is_empty() {
                mapping.score = 0;
            }
            if near.as_ref().is_none_or(|n| mapping.score > n.0) {
                near = Some((mapping.score, shape, mapping));
            }
        }
    }
    let is_roster = |shape: &Shape| shape.dataset == Dataset::Roster;
    if near.as_ref().is_some_and(|(_, shape, mapping)| is_roster(shape) && mapping.has(roster::Col::Movement as usize)) {
        return NotFound::Movements;
    }
    near.map_or(NotFound::Nothing, |(_, shape, mapping)| NotFound::Near { dataset: shape.dataset, missing: missing(shape, &mapping) })
}

fn missing(shape: &Shape, mapping: &Mapping) -> Vec<&'static str> {
    let lacks = |group: &&&[usize]| !group.iter().any(|c| mapping.has(*c));
    shape.needs.iter().filter(lacks).filter_map(|group| group.first()).map(|c| shape.columns[*c].canonical).collect()
}

/// Whether the row below a heading only details it: weekdays, or the lower part of merged cells.
fn is_second_row(upper: &[Cell<'_>], lower: &[Cell<'_>]) -> bool {
    let (mut weekdays, mut same, mut others) = (0, 0, 0);
    for (at, cell) in lower.iter().enumerate().filter(|(_, c)| !c.is_blank()) {
        let shown = cell.shown();
        if is_weekday(&shown) {
            weekdays += 1;
        } else if upper.get(at).is_some_and(|c| c.shown() == shown) {
            same += 1;
        } else {
            others += 1;
        }
    }
    others == 0 && weekdays + same > 0 || same >= 2 && others <= same
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(cells: &[&'static str]) -> Vec<Cell<'static>> {
        cells.iter().map(|c| if c.is_empty() { Cell::Empty } else { Cell::Text(Cow::Borrowed(c)) }).collect()
    }

    fn dataset(headings: &[&'static str]) -> Dataset {
        locate(&[row(headings)], None, None).unwrap_or_else(|e| panic!("{headings:?}: {e:?}")).mapping.shape.dataset
    }

    #[test]
    fn tables_seen_in_the_wild_are_recognised() {
        for (headings, expected) in [
            ("企业统一社会信用代码,企业名称,企业类型,进场时间,退场时间,项目经理名称,项目经理证件号码,项目经理电话", Dataset::Contractor),
            ("企业统一社会信用代码,企业名称,班组名称,责任人姓名,责任人联系电话,责任人证件号码,备注,进场日期,退场日期", Dataset::Team),
            (
                "企业统一社会信用代码,企业名称,班组名称,工人姓名,是否班组长,证件号码,当前工种,工人类型,发放工资银行卡号,发放工资银行名称,发放工资卡银行联号,发放工资卡银行,是否购买工伤或意外伤害保险,民族,住址,政治面貌,加入工会时间,手机号码,文化程度,特长,是否有重大病史,紧急联系人姓名,紧急联系方式,开始工作日期,婚姻状况,发证机关,证件有效期开始日期,证件有效期结束日期",
                Dataset::Roster,
            ),
            ("企业统一社会信用代码,工人所属企业名称,工人姓名,证件号码,合同期限类型,生效日期,失效日期,计量单位,计量单价", Dataset::Contract),
            (
                "企业统一社会信用代码,工人所属企业名称,工人所属班组名称,人员姓名,证件号码,刷卡时间,刷卡进出方向,通行方式",
                Dataset::Attendance,
            ),
            (
                "企业统一社会信用代码,企业名称,班组名称,员工姓名,发放工资的月份,是否为补发,补发月份,出勤天数,总工时 ,工人工资卡号,应发金额,实发金额,发放日期,第三方工资单编号",
                Dataset::Payroll,
            ),
            ("序号,姓名,岗位,出勤日（日）,基本工资（元）,加班、考核工资（元）,实付金额（元）", Dataset::Payroll),
            (
                "所属期间,项目名称,工人姓名,身份证号,所属班组,考勤工时,小时工资,计件数量,计件单价,应发工资,代扣项合计,实发工资,专户代发金额,代发流水号,实名制考勤记录,当地最低工资标准",
                Dataset::Payroll,
            ),
            ("序号,账号,户名,开户银行,金额,币种,备注", Dataset::Payout),
            ("户名,账号,开户行,金额,备注", Dataset::Payout),
            ("序号,收款人账号,收款人姓名,出款金额,备注", Dataset::Payout),
            ("员工编号,员工姓名,银行账号,开户银行,发放金额,备注", Dataset::Payout),
            ("交易时间,本方账号,对方单位,对方账号,摘要,附言,用途,转出金额,转入金额,余额", Dataset::Ledger),
            (
                "凭证号,本方账号,对方账号,交易时间,借/贷,借方发生额,贷方发生额,对方行号,摘要,用途,对方单位名称,余额,个性化信息",
                Dataset::Ledger,
            ),
            ("交易时间,对方户名,对方账号,交易用途,支出金额,收入金额,账户余额", Dataset::Ledger),
            (
                "交易日期[ Transaction Date ],收款人账号[ Payee's Account Number ],付款人名称[ Payer's Name ],交易金额[ Trade Amount ],交易后余额[ After-transaction balance ]",
                Dataset::Ledger,
            ),
            ("账户明细编号-交易流水号,交易时间,本方账户名称,本方账号,对方户名,对方账号,摘要,备注,发生额/元,余额/元", Dataset::Ledger),
            ("交易时间,对方户名,对方账号,摘要,发生额,余额,借贷标志", Dataset::Ledger),
            ("流水号,交易日,交易时间,收(付)方名称,收(付)方账号,交易类型,业务摘要,其它摘要,用途,借方金额,贷方金额,余额", Dataset::Ledger),
            ("银行流水号,交易时间,户名,账号,对方户名,对方账号,摘要,借方金额(支出),贷方金额(收入),账户余额", Dataset::Ledger),
            ("交易流水号,交易日期,账号,对方账户名称,对方账户,摘要,用途,借,贷,账户余额", Dataset::Ledger),
            ("项目编码,缴存单位,形式,保函编号,出具机构,受益人,施工合同额,应缴金额,实缴金额,缴存日期,生效日期,失效日期", Dataset::Deposit),
            ("项目编码,施工总承包单位,保证金形式,合同金额,保证金金额,到期日", Dataset::Deposit),
            ("项目编码,专户账号,专户户名,开户银行,开户日期,账户状态", Dataset::Account),
            ("对应项目,账号,户名,开户行,开立日期,状态,三方协议签订日期", Dataset::Account),
            ("项目编码,设立日期,检查日期,位置", Dataset::Board),
            ("项目编码,姓名,证件号码,退场日期,应发总额,已发总额,未付金额,是否结清,结清日期,工人签字", Dataset::WorkerSettlement),
            ("项目编码,结算节点,约定日期,完成产值,结算日期,已付工程款", Dataset::ProcessSettlement),
            ("项目编码,检查日期,专项行动,监察员,检查结果", Dataset::Inspection),
            ("线索编号,接收日期,来源,项目编码,单位,涉及人数,涉及金额,办理状态,办结日期,处理结果", Dataset::Lead),
            ("项目代码,工程名称,业主单位,总包单位,合同价(万元),开工日期,工程状态", Dataset::Project),
            ("项目编码,班组名称,姓名,证件号码,工种,手机号码", Dataset::Roster),
            ("项目编码,班组编号,班组名称,姓名,证件号码,工种,手机号码", Dataset::Roster),
            ("项目编码,班组名称,班组长,姓名,身份证号,工种,联系电话", Dataset::Roster),
            ("项目编码,班组名称,责任人姓名,责任人证件号码", Dataset::Team),
            ("项目编码,班组名称,责任人姓名,责任人证件号码,责任人联系电话,进场日期,工种", Dataset::Team),
            ("项目编码,班组编号,班组名称,班组长姓名,证件号码,手机号码", Dataset::Team),
            ("姓名,身份证号,班组,1,2,3,4,5,6,7,8,合计", Dataset::Attendance),
        ] {
            let headings: Vec<&'static str> = headings.split(',').collect();
            assert_eq!(dataset(&headings), expected, "{headings:?}");
        }
    }

    #[test]
    fn every_dataset_is_recognised_by_its_canonical_headings_in_any_order() {
        for shape in SHAPES {
            let mut headings: Vec<&'static str> = shape.columns.iter().map(|c| c.canonical).collect();
            assert_eq!(dataset(&headings), shape.dataset);
            headings.reverse();
            assert_eq!(dataset(&headings), shape.dataset);
        }
    }

    #[test]
    fn what_is_missing_is_named() {
        let found = locate(&[row(&["姓名", "身份证号", "班组", "基本工资", "日工资"])], None, None).err();
        assert_eq!(found, Some(NotFound::Near { dataset: Dataset::Payroll, missing: vec!["应发工资"] }));
        assert!(locate(&[row(&["班组名称", "姓名", "联系电话"])], None, None).is_err(), "a list of contacts");
        assert_eq!(locate(&[row(&["随便", "什么"])], None, None).err(), Some(NotFound::Nothing));
    }

    #[test]
    fn a_payroll_is_no_roster_however_much_it_says_of_the_workers() {
        let payroll = "姓名,性别,身份证号,联系电话,家庭住址,进场时间,工种,日工资,出勤天数,实发工资";
        assert_eq!(dataset(&payroll.split(',').collect::<Vec<_>>()), Dataset::Payroll);
        let asked = payroll.replace("实发工资", "工资合计");
        let found =
            locate(&[row(&asked.split(',').map(|h| Box::leak(h.to_owned().into_boxed_str()) as &str).collect::<Vec<_>>())], None, None);
        let missing = vec!["应发工资"];
        assert_eq!(found.err(), Some(NotFound::Near { dataset: Dataset::Payroll, missing }));
        assert_eq!(dataset(&"姓名,身份证号,联系电话,进场时间,工种,日工资标准".split(',').collect::<Vec<_>>()), Dataset::Roster);
        assert_eq!(dataset(&"姓名,身份证号,联系电话,工种,实发工资".split(',').collect::<Vec<_>>()), Dataset::Payroll);
    }
}
