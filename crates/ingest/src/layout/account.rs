//! 农民工工资专用账户 (file-formats.md §5, §18).

use model::sheet::{Account, AccountStatus};
use model::{Body, Dataset, Field};

use super::{Key, Layout, Shape, at, columns, fingerprint};
use crate::cell::{CellFault, CellResult, date, words};
use crate::people::People;
use crate::row::{Row, RowResult};

columns! {
    Code = "项目编码" ["项目编号", "项目代码", "对应项目"];
    Project = "项目名称" ["工程名称", "工程项目"];
    Number @secret = "专户账号" ["账号", "账户号", "银行账号", "专用账户账号"];
    Name = "专户户名" ["户名", "账户名称", "开户名称"];
    Bank = "开户银行" ["开户行", "银行名称", "代发银行"];
    BankCode = "银行代码";
    BankLink = "联号" ["银行联号", "行号", "大额行号"];
    Opened = "开户日期" ["开立日期", "开户时间"];
    Tripartite = "三方协议" ["资金监管协议", "是否签订三方协议"];
    TripartiteOn = "三方协议签订日期" ["三方协议签订时间"];
    Status = "账户状态" ["状态"];
    Closed = "销户日期" ["注销日期", "销户时间"];
    Balance = "账户余额" ["专户余额", "余额", "当前余额"];
    BalanceOn = "余额日期" ["截止日期"];
    TotalIn = "累计拨付" ["累计到账"];
    TotalOut = "累计代发" ["累计代发工资"];
    Kind = "账户类型" ["账户性质"];
    Filed = "备案日期" ["备案时间"];
    NoticeFrom = "注销公示开始日期" ["销户公示开始日期"];
}

pub static SHAPE: Shape = Shape {
    dataset: Dataset::Account,
    columns: COLUMNS,
    needs: &[at![Number], at![Name, Bank, Opened, Filed, Status, Tripartite, TripartiteOn, Closed, Kind]],
    required: &[at![Number]],
    wanted: &[],
    marks: at![Number, Opened, Filed, Tripartite, TripartiteOn, Closed, Kind, NoticeFrom, BalanceOn],
    subjects: at![Number, Name, Code],
    amounts: at![],
    project: Some((Col::Code as usize, Col::Project as usize)),
    month: None,
    team: None,
    employer: None,
    takes_days: false,
};

pub struct AccountLayout;

impl Layout for AccountLayout {
    type Line = Account;

    fn read(row: &Row<'_, '_>, _: &mut People<'_>) -> RowResult<(Key, Account)> {
        let Some(number) = row.account(Col::Number)? else {
            return Err(row.fault(Col::Number, CellFault::new("缺少专户账号", "请填写专户账号")));
        };
        let place = row.must_place(Col::Code, Col::Project)?;
        let closed_on = row.needed_date_field(Col::Closed)?;
        let (tripartite, tripartite_on) = agreement(row)?;
        let status = match row.word_field(Col::Status, words::account_status)? {
            Field::Given(status) => status,
            _ if closed_on.is_given() => AccountStatus::Closed,
            _ => AccountStatus::Normal,
        };
        let line = Account {
            row: row.number,
            number,
            name: row.text(Col::Name)?.unwrap_or_default(),
            bank: row.text(Col::Bank)?,
            opened_on: row.needed_date_field(Col::Opened)?,
            tripartite,
            tripartite_on,
            status,
            closed_on,
            balance: row.money_field(Col::Balance)?,
            balance_on: row.date_field(Col::BalanceOn)?,
            total_in: row.money_field(Col::TotalIn)?,
            total_out: row.money_field(Col::TotalOut)?,
            kind: row.word_field(Col::Kind, |t| CellResult::Ok(words::account_type(t)))?,
            filed_on: row.date_field(Col::Filed)?,
            close_notice_from: row.date_field(Col::NoticeFrom)?,
        };
        Ok((Key::of(place), line))
    }

    fn once(line: &Account) -> Option<u64> {
        Some(fingerprint(&line.number))
    }

    fn row_of(line: &Account) -> u32 {
        line.row
    }

    fn wrap(lines: Vec<Account>) -> Body {
        Body::Account(lines)
    }
}

/// 三方协议 holds yes, no, or the date it was signed on.
fn agreement(row: &Row<'_, '_>) -> RowResult<(Field<bool>, Field<model::Date>)> {
    let signed_on = row.date_field(Col::TripartiteOn)?;
    let (given, on) = match row.bool_field(Col::Tripartite) {
        Ok(given) => (given, signed_on),
        Err(fault) => {
            let text = row.text(Col::Tripartite)?.unwrap_or_default();
            let rest = text.trim_start_matches(['是', '有', '已', '签', '订', '(', '（', ' ']).trim_end_matches([')', '）', '签', '订']);
            match date::date(&crate::table::Cell::Text(rest.into()), None) {
                Ok(Some(day)) => (Field::Given(true), if signed_on.is_given() { signed_on } else { Field::Given(day) }),
                _ => return Err(fault),
            }
        }
    };
    let given = if given.is_absent() { on.as_ref().map(|_| true) } else { given };
    Ok((given, on))
}
