//! 劳动合同 / 用工书面协议 (file-formats.md §8).

use model::sheet::ContractLine;
use model::{Body, Dataset, SheetHead};

use super::{Key, Layout, Shape, at, columns, fingerprint};
use crate::cell::words;
use crate::people::People;
use crate::row::{Row, RowResult};

columns! {
    Code = "项目编码" ["项目编号", "项目代码", "对应项目"];
    Project = "项目名称" ["工程名称", "工程项目"];
    Id @secret = "证件号码" ["身份证号", "身份证号码", "身份证", "身份证件号", "证件号"];
    Name = "工人姓名" ["姓名", "人员姓名", "员工姓名"];
    Employer = "企业名称" ["工人所属企业名称", "用人单位", "用工单位"];
    EmployerCode = "企业统一社会信用代码" ["统一社会信用代码", "信用代码"];
    Team = "班组名称" ["所在班组", "所属班组", "班组"];
    Number = "合同编号";
    Kind = "合同类型" ["简易劳动合同", "合同签订形式"];
    PeriodKind = "合同期限类型" ["期限类型"];
    Signed = "签订日期" ["签约日期", "合同签订日期"];
    Start = "生效日期" ["开始日期", "合同生效日期"];
    End = "失效日期" ["结束日期", "合同失效日期"];
    WageForm = "计酬方式" ["工资形式"];
    Rate = "工资标准" ["日工资", "月工资", "单价", "计量单价"];
    Unit = "计量单位";
    PayDay = "工资支付日" ["发薪日"];
}

pub static SHAPE: Shape = Shape {
    dataset: Dataset::Contract,
    columns: COLUMNS,
    needs: &[at![Name, Id], at![PeriodKind, Number, Kind, WageForm, Signed]],
    required: &[at![Name]],
    wanted: &[],
    marks: at![PeriodKind, Number, Kind, WageForm, Signed, Start, End],
    subjects: at![Name, Id],
    amounts: at![],
    project: Some((Col::Code as usize, Col::Project as usize)),
    month: None,
    team: Some(Col::Team as usize),
    employer: Some(Col::Employer as usize),
    takes_days: false,
};

pub struct ContractLayout;

impl Layout for ContractLayout {
    type Line = ContractLine;

    fn read(row: &Row<'_, '_>, people: &mut People<'_>) -> RowResult<(Key, ContractLine)> {
        let who = people.who(row, Col::Name, Col::Id, None)?;
        let employer = row.text(Col::Employer)?;
        let key = Key { employer: employer.clone(), team: row.text(Col::Team)?, ..Key::of(row.must_place(Col::Code, Col::Project)?) };
        let line = ContractLine {
            who,
            employer,
            number: row.code(Col::Number)?,
            kind: row.word_field(Col::Kind, |t| Ok(words::contract_kind(t)))?,
            period_kind: row.text(Col::PeriodKind)?,
            signed_on: row.date_field(Col::Signed)?,
            start_on: row.needed_date_field(Col::Start)?,
            end_on: row.needed_date_field(Col::End)?,
            wage_form: row.text(Col::WageForm)?,
            rate: row.rate_field(Col::Rate)?,
            unit: row.text(Col::Unit)?,
            pay_day: row.day_field(Col::PayDay)?,
        };
        Ok((key, line))
    }

    fn head(row: &Row<'_, '_>, key: &Key, head: &mut SheetHead) -> RowResult<()> {
        head.project_name = row.text(Col::Project)?;
        head.employer.clone_from(&key.employer);
        head.employer_code = row.code(Col::EmployerCode)?;
        head.team.clone_from(&key.team);
        Ok(())
    }

    fn once(line: &ContractLine) -> Option<u64> {
        Some(fingerprint((line.who.person, &line.who.name, &line.number, line.signed_on.get(), line.start_on.get())))
    }

    fn row_of(line: &ContractLine) -> u32 {
        line.who.row
    }

    fn wrap(lines: Vec<ContractLine>) -> Body {
        Body::Contract(lines)
    }
}
