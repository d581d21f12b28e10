//! 工资表 (file-formats.md §10, §18).

use model::sheet::PayrollLine;
use model::{Body, Dataset, Fen, Field, SheetHead};

use super::{Key, Layout, Shape, at, columns, fingerprint, roster::given};
use crate::cell::{CellFault, compact, words};
use crate::people::People;
use crate::row::{Row, RowResult};

columns! {
    Code = "项目编码" ["项目编号", "项目代码", "对应项目"];
    Project = "项目名称" ["工程名称", "工程项目"];
    Employer = "分包单位" ["施工单位", "企业名称", "用工单位", "编制单位", "所在企业", "劳务公司"];
    EmployerCode = "企业统一社会信用代码" ["统一社会信用代码", "信用代码"];
    Team = "班组名称" ["所在班组", "所属班组", "班组"];
    Month = "工资所属月份" ["所属期间", "工资期间", "发放工资的月份", "所属期", "月份", "发放期间", "工资月份", "所属月份"];
    From = "工资单开始时间" ["工资周期起", "工资周期开始日期"];
    To = "工资单结束时间" ["工资周期止", "工资周期结束日期"];
    Span = "工资周期起止" ["工资周期"];
    BackPay = "是否补发" ["是否为补发"];
    BackPayMonth = "补发月份";
    Prepared = "编制日期" ["制表日期"];
    Posted = "公示日期";
    Uploaded = "上传日期";
    Reviewed = "总包审核日期";
    Progress = "工程进度附件";
    Seq = "序号" ["编号"];
    Name = "姓名" ["工人姓名", "员工姓名", "人员姓名"];
    Id @secret = "身份证号" ["证件号码", "身份证号码", "身份证", "身份证件号", "证件号"];
    Trade = "工种" ["岗位", "岗位/工种", "当前工种"];
    WorkUnit = "计量方式";
    Days = "出勤天数" ["出勤日（日）", "工作天数", "工日", "出勤", "实际出勤天数"];
    Hours = "出勤工时" ["总工时", "考勤工时", "工时", "出勤小时", "出勤小时数", "工作小时"];
    DayRate = "日工资" ["日薪（元）", "工价", "日工资标准"];
    HourRate = "小时工资" ["计时单价", "时薪"];
    Pieces = "计件数量" ["完成数量", "工程量"];
    PieceRate = "计件单价" ["单价"];
    Base = "基本工资";
    Overtime = "加班工资" ["加班、考核工资（元）", "加班费"];
    Bonus = "奖金补贴" ["津贴", "奖金", "补贴"];
    Gross = "应发工资" ["应发金额", "应发合计", "应发工资（元）", "应付工资"];
    Advance = "借支" ["预支", "生活费"];
    Deduction = "扣款" ["代扣项合计", "扣款合计", "社保", "个税"];
    Net = "实发工资" ["实发金额", "实付金额（元）", "实发合计", "本次发放", "实付工资"];
    Card @secret = "工资卡号" ["银行卡号", "工人工资卡号", "银行账号", "卡号"];
    Bank = "开户行" ["开户银行"];
    Phone = "手机号码" ["联系电话", "电话", "联系方式", "手机号"];
    Signed = "工人签字" ["签字", "签名", "手印", "确认"];
    Paid = "发放日期" ["支付日期"];
    PayMode = "支付方式" ["发放方式"];
    Slip = "工资清单";
    Number = "第三方工资单编号" ["工资单号"];
    Remark = "备注";
    // Columns of other meaning whose names would fit a column above.
    ViaAccount = "专户代发金额";
    PayoutSerial = "代发流水号";
    Minimum = "当地最低工资标准" ["最低工资标准"];
    Attendance = "实名制考勤记录";
}

pub static SHAPE: Shape = Shape {
    dataset: Dataset::Payroll,
    columns: COLUMNS,
    needs: &[at![Name], at![Gross, Net]],
    required: &[at![Name], at![Net]],
    wanted: at![Gross],
    marks: at![Gross, Net, DayRate, Deduction, Signed, Progress, Base, Uploaded],
    subjects: at![Name, Id, Card],
    amounts: at![Gross, Net],
    project: Some((Col::Code as usize, Col::Project as usize)),
    month: Some(Col::Month as usize),
    team: Some(Col::Team as usize),
    employer: Some(Col::Employer as usize),
    takes_days: false,
};

pub struct PayrollLayout;

impl Layout for PayrollLayout {
    type Line = PayrollLine;

    /// Back pay may be of another month than the table, so it is asked of every row that begins or ends it.
    const KEY_COLUMNS: &'static [usize] = at![Code, Project, Month, Employer, Team, BackPay, BackPayMonth];

    fn read(row: &Row<'_, '_>, people: &mut People<'_>) -> RowResult<(Key, PayrollLine)> {
        let line = Self::line(row, people)?;
        let is_back_pay = line.back_pay.get() == Some(true) || line.back_pay_month.is_given();
        let key = Key {
            place: row.must_place(Col::Code, Col::Project)?,
            month: Some(if is_back_pay { row.must_any_month(Col::Month)? } else { row.must_month(Col::Month)? }),
            employer: row.text(Col::Employer)?,
            team: line.team.clone(),
            part: None,
        };
        Ok((key, line))
    }

    fn line(row: &Row<'_, '_>, people: &mut People<'_>) -> RowResult<PayrollLine> {
        Ok(PayrollLine {
            who: people.who(row, Col::Name, Col::Id, Some(Col::Card as usize))?,
            id_given: given(row.secret(Col::Id)?.is_some(), row.cell(Col::Id).is_some()),
            team: row.text(Col::Team)?,
            trade: row.text_field(Col::Trade)?.map(|t| words::trade(&t)),
            work_unit: row.word_field(Col::WorkUnit, |t| {
                words::work_unit(t).ok_or_else(|| CellFault::new("计量方式无法识别", "请填写：计日、计时、计件、计量或月薪"))
            })?,
            days: row.hundredths_field(Col::Days)?,
            hours: row.hundredths_field(Col::Hours)?,
            day_rate: row.rate_field(Col::DayRate)?,
            hour_rate: row.rate_field(Col::HourRate)?,
            pieces: row.thousandths_field(Col::Pieces)?,
            piece_rate: row.rate_field(Col::PieceRate)?,
            base: row.money_field(Col::Base)?,
            overtime: row.money_field(Col::Overtime)?,
            bonus: row.money_field(Col::Bonus)?,
            gross: row.money_field(Col::Gross)?,
            advance: row.money_field(Col::Advance)?,
            deduction: row.money_field(Col::Deduction)?,
            net: row.must_money(Col::Net)?,
            phone: row.code_field(Col::Phone)?,
            signed: signature(row)?,
            paid_on: row.date_field(Col::Paid)?,
            pay_mode: row.text_field(Col::PayMode)?,
            wage_slip: row.text_field(Col::Slip)?,
            back_pay: row.bool_field(Col::BackPay)?,
            back_pay_month: row.month_field(Col::BackPayMonth)?,
            remark: row.text(Col::Remark)?,
        })
    }

    fn head(row: &Row<'_, '_>, key: &Key, head: &mut SheetHead) -> RowResult<()> {
        head.project_name = row.text(Col::Project)?;
        head.employer.clone_from(&key.employer);
        head.employer_code = row.code(Col::EmployerCode)?;
        head.team.clone_from(&key.team);
        head.period = match row.text(Col::Span)?.and_then(|text| crate::cell::date::span(&text)) {
            Some(span) => Some(span),
            None => row.date(Col::From)?.zip(row.date(Col::To)?).filter(|(from, to)| from <= to),
        };
        head.prepared_on = row.date_field(Col::Prepared)?;
        head.posted_on = row.date_field(Col::Posted)?;
        head.uploaded_on = row.date_field(Col::Uploaded)?;
        head.reviewed_on = row.date_field(Col::Reviewed)?;
        head.progress_attached = row.bool_field(Col::Progress)?;
        Ok(())
    }

    /// Without identity and card two lines of one name may be two people: both are kept, and told apart when facts are built.
    fn once(line: &PayrollLine) -> Option<u64> {
        if line.who.person.is_none() && line.who.card.is_none() {
            return None;
        }
        let back_pay = (line.back_pay.get().unwrap_or_default(), line.back_pay_month.get());
        let card = if line.who.person.is_some() { None } else { line.who.card };
        Some(fingerprint((line.who.person, &line.who.name, card, back_pay)))
    }

    fn row_of(line: &PayrollLine) -> u32 {
        line.who.row
    }

    fn wrap(lines: Vec<PayrollLine>) -> Body {
        Body::Payroll(lines)
    }
}

/// Sums of gross and net over the lines, for comparison with the sheet's own total row.
pub fn sums(lines: &[PayrollLine]) -> (Fen, Fen) {
    (lines.iter().filter_map(|l| l.gross.get()).sum(), lines.iter().map(|l| l.net).sum())
}

fn signature(row: &Row<'_, '_>) -> RowResult<Field<bool>> {
    row.word_field(Col::Signed, |t| Ok(words::signed(t))).map(|field| match field {
        Field::Empty if row.cell(Col::Signed).is_some_and(|c| matches!(compact(&c.shown()).as_ref(), "无" | "/" | "-")) => {
            Field::Given(false)
        }
        other => other,
    })
}
