//! 专户流水 (file-formats.md §6). Which side is money in is decided over the whole statement, in `direction`.

use model::sheet::LedgerLine;
use model::{AccountNo, Body, Dataset, Fen, Place, ProjectCode, SheetHead};

use super::{Key, Layout, Shape, at, columns};
use crate::cell::{CellFault, compact, date, words};
use crate::people::People;
use crate::row::{Row, RowResult};

columns! {
    Code = "项目编码" ["项目编号", "项目代码", "对应项目"];
    Account @secret = "本方账号" ["账号", "账户号", "查询账号", "本方账户", "专户账号"];
    AccountName = "本方户名" ["户名", "账户名称", "本方账户名称", "公司名称"];
    Date = "交易日期" ["交易日", "日期", "记账日期", "入账日期"];
    Time = "交易时间" ["时间", "记账时间"];
    Credit = "收入金额" ["贷方发生额", "贷方金额", "贷", "贷方", "贷方金额(收入)", "转入金额", "收款金额", "存入金额", "收入"];
    Debit = "支出金额" ["借方发生额", "借方金额", "借", "借方", "借方金额(支出)", "转出金额", "付款金额", "支取金额", "支出"];
    Amount = "发生额" ["发生额/元", "交易金额"];
    Flag = "借贷标志" ["借/贷", "借贷方向", "收支", "收支方向"];
    Balance = "余额" ["账户余额", "余额/元", "交易后余额", "专户余额", "本次余额"];
    CounterName = "对方户名" ["对方名称", "对方单位", "对方单位名称", "对方账户名称", "收(付)方名称", "进账单位名称"];
    CounterAccount @secret = "对方账号" ["对方账户", "对方账户号", "收(付)方账号", "进账账号"];
    CounterBank = "对方开户行" ["对方行号", "对方行名"];
    PayerName = "付款人名称";
    PayerAccount @secret = "付款人账号";
    PayeeName = "收款人名称";
    PayeeAccount @secret = "收款人账号";
    Summary = "摘要" ["业务摘要"];
    Purpose = "用途" ["交易用途"];
    Remark = "附言" ["其它摘要", "其他摘要", "备注", "交易附言"];
    Serial = "交易流水号" ["流水号", "银行流水号", "交易编号", "凭证号", "账户明细编号-交易流水号"];
    Batch = "代发批次号" ["出账批次号", "批次号"];
    Nature = "款项性质";
    Span = "查询起止日期" ["查询期间", "查询区间", "起止日期", "查询时间段", "账单期间", "查询日期", "查询时间", "对账期间"];
    SpanFrom = "起始日期" ["开始日期", "查询起始日期", "查询开始日期"];
    SpanTo = "终止日期" ["结束日期", "查询终止日期", "查询结束日期", "截止日期"];
}

pub static SHAPE: Shape = Shape {
    dataset: Dataset::Ledger,
    columns: COLUMNS,
    needs: &[at![Date, Time], at![Credit, Debit, Amount]],
    required: &[at![Date, Time], at![Credit, Debit, Amount]],
    wanted: &[],
    marks: at![Credit, Debit, Flag, Balance, CounterName, CounterAccount, PayerName, PayeeAccount, Nature],
    subjects: at![Date, Time, Serial],
    amounts: at![Credit, Debit, Amount, Balance],
    project: None,
    month: None,
    team: None,
    employer: None,
    takes_days: false,
};

pub struct LedgerLayout;

impl Layout for LedgerLayout {
    type Line = LedgerLine;

    fn read(row: &Row<'_, '_>, _: &mut People<'_>) -> RowResult<(Key, LedgerLine)> {
        let account = match row.account(Col::Account)? {
            Some(account) => account,
            None => lent_account(row).ok_or_else(|| {
                row.fault(
                    Col::Account,
                    CellFault::new("不知道是哪个账户的流水：表中和表头都没有本方账号", "请加一列“本方账号”，或在表头写明账号"),
                )
            })?,
        };
        let (date, time) = when(row)?;
        let (credit, debit) = sides(row, &account)?;
        let (counter_name, counter_account) = counterparty(row, &account)?;
        let mut texts = Vec::new();
        for column in [Col::Summary, Col::Purpose, Col::Remark] {
            texts.extend(row.text(column)?);
        }
        let line = LedgerLine {
            row: row.number,
            date,
            time,
            credit,
            debit,
            balance: row.money(Col::Balance)?,
            counter_name,
            counter_account,
            text: texts.join("｜"),
            serial: row.code(Col::Serial)?,
            batch_no: row.code(Col::Batch)?,
            nature: row.word_field(Col::Nature, |t| Ok(words::txn_type(t)))?,
            project: row.code(Col::Code)?.and_then(|code| ProjectCode::parse(&code)),
        };
        Ok((Key { part: Some(account.to_string()), ..Key::of(Place::Account(account)) }, line))
    }

    fn head(row: &Row<'_, '_>, key: &Key, head: &mut SheetHead) -> RowResult<()> {
        if let Place::Account(account) = &key.place {
            head.account = Some(account.clone());
        }
        head.range = match row.text(Col::Span)?.and_then(|text| date::span(&text)) {
            Some(range) => Some(range),
            None => row.date(Col::SpanFrom)?.zip(row.date(Col::SpanTo)?).filter(|(from, to)| from <= to),
        };
        Ok(())
    }

    fn row_of(line: &LedgerLine) -> u32 {
        line.row
    }

    fn wrap(lines: Vec<LedgerLine>) -> Body {
        Body::Ledger(lines)
    }
}

/// Account of the preamble, where the column is there and the cell is empty.
fn lent_account(row: &Row<'_, '_>) -> Option<AccountNo> {
    let constant = row.frame.constants[Col::Account as usize].as_ref()?;
    AccountNo::parse(&crate::cell::code(&constant.cell).ok()??)
}

fn when(row: &Row<'_, '_>) -> RowResult<(model::Date, Option<chrono::NaiveTime>)> {
    let missing = || row.fault(Col::Date, CellFault::new("缺少交易日期", "请填写交易日期"));
    let Some((date, time)) = row.moment(Col::Date)? else {
        return row.moment(Col::Time)?.ok_or_else(missing);
    };
    if time.is_some() || row.cell(Col::Time).is_none() {
        return Ok((date, time));
    }
    let cell = row.cell(Col::Time).map(|c| c.shown().into_owned()).unwrap_or_default();
    let text = compact(&cell);
    if crate::cell::says_nothing(&text) {
        return Ok((date, None));
    }
    // 24:00 is the next day's midnight.
    if text.starts_with("24:00") {
        return Ok((date.succ_opt().unwrap_or(date), Some(chrono::NaiveTime::MIN)));
    }
    if let Some(time) = date::parse_time(&text) {
        return Ok((date, Some(time)));
    }
    match row.moment(Col::Time) {
        Ok(Some((_, time))) => Ok((date, time)),
        // A fraction of a day, as worksheets store bare times.
        _ => match row.cell(Col::Time) {
            Some(crate::table::Cell::Number(part)) if (0.0..1.0).contains(part) => Ok((date, from_fraction(*part))),
            _ => Err(row.fault(Col::Time, CellFault::new(format!("时间“{text}”无法识别"), "请填写成 07:05:00 的形式"))),
        },
    }
}

fn from_fraction(part: f64) -> Option<chrono::NaiveTime> {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and 1")]
    let seconds = (part * 86_400.0).round() as u32;
    chrono::NaiveTime::from_num_seconds_from_midnight_opt(seconds, 0)
}

/// Money in and money out as the columns name them; exactly one of them.
fn sides(row: &Row<'_, '_>, account: &AccountNo) -> RowResult<(Fen, Fen)> {
    let (credit, debit) = (row.money(Col::Credit)?, row.money(Col::Debit)?);
    if credit.is_some() || debit.is_some() {
        let (credit, debit) = (credit.unwrap_or_default(), debit.unwrap_or_default());
        if credit != Fen::ZERO && debit != Fen::ZERO {
            return Err(row.fault(Col::Debit, CellFault::new("同一行既有收入又有支出", "请核对，一行只填一边")));
        }
        return Ok((credit, debit));
    }
    let Some(amount) = row.money(Col::Amount)? else {
        let column = if row.frame.mapping.has(Col::Amount as usize) { Col::Amount } else { Col::Credit };
        return Err(row.fault(column, CellFault::new("收入和支出都没有填写", "请填写金额")));
    };
    let inward = if let Some(flag) = row.text(Col::Flag)? {
        let flag = compact(&flag);
        if ["贷", "收", "入", "C", "CR", "+"].iter().any(|w| flag.as_ref() == *w || flag.starts_with(w) && w.chars().all(|c| !c.is_ascii()))
        {
            true
        } else if ["借", "付", "支", "出", "D", "DR", "-"]
            .iter()
            .any(|w| flag.as_ref() == *w || flag.starts_with(w) && w.chars().all(|c| !c.is_ascii()))
        {
            false
        } else {
            return Err(row.fault(Col::Flag, CellFault::new("借贷标志无法识别", "请填写 借 或 贷")));
        }
    } else if row.account(Col::PayeeAccount)?.as_ref() == Some(account) {
        true
    } else if row.account(Col::PayerAccount)?.as_ref() == Some(account) {
        false
    } else {
        amount > Fen::ZERO
    };
    Ok(if inward { (amount.abs(), Fen::ZERO) } else { (Fen::ZERO, amount.abs()) })
}

/// The other side; where the statement names payer and payee, whichever is not the account itself.
fn counterparty(row: &Row<'_, '_>, account: &AccountNo) -> RowResult<(Option<String>, Option<String>)> {
    if let Some(name) = row.text(Col::CounterName)? {
        return Ok((Some(name), row.code(Col::CounterAccount)?));
    }
    let (payer, payee) = (row.account(Col::PayerAccount)?, row.account(Col::PayeeAccount)?);
    if payee.as_ref() == Some(account) {
        Ok((row.text(Col::PayerName)?, payer.map(|a| a.to_string())))
    } else if payer.as_ref() == Some(account) {
        Ok((row.text(Col::PayeeName)?, payee.map(|a| a.to_string())))
    } else {
        Ok((None, row.code(Col::CounterAccount)?))
    }
}
