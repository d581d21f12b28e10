//! 实名制花名册 (file-formats.md §7, §18).

use model::sheet::RosterLine;
use model::{Body, Dataset, Field, SheetHead};

use super::{Key, Layout, Shape, at, columns, fingerprint};
use crate::cell::{CellFault, words};
use crate::people::People;
use crate::row::{Row, RowResult};

columns! {
    Code = "项目编码" ["项目编号", "项目代码", "对应项目"];
    Project = "项目名称" ["工程名称", "工程项目"];
    Employer = "企业名称" ["所在企业", "工人所属企业名称", "用工单位", "分包单位", "施工单位", "劳务公司"];
    EmployerCode = "信用代码" ["企业统一社会信用代码", "统一社会信用代码"];
    Team = "班组名称" ["工人所属班组名称", "所在班组", "所属班组", "班组"];
    Name = "工人姓名" ["姓名", "人员姓名", "员工姓名"];
    IdType = "证件类型";
    Id @secret = "证件号码" ["身份证号", "身份证号码", "身份证", "身份证件号", "证件号"];
    Gender = "性别";
    Nation = "民族";
    Age = "年龄";
    Phone = "手机号码" ["联系电话", "电话", "联系方式", "手机号", "手机"];
    Trade = "工种" ["当前工种", "岗位", "岗位工种"];
    Role = "工人类型" ["人员类型", "人员类别"];
    Leader = "是否班组长" ["是否为班组长", "是否班长"];
    Card @secret = "工资卡号" ["发放工资银行卡号", "工人工资卡号", "银行卡号", "银行账号", "卡号"];
    CardBank = "开户行" ["发放工资银行名称", "开户银行", "工资卡银行"];
    CardBankLink = "发放工资卡银行联号" ["发放工资卡银行"];
    Entry = "进场时间" ["进场日期", "最新进场时间", "入场时间", "开始工作日期"];
    Exit = "退场时间" ["退场日期", "离场日期", "离场时间"];
    // Says of a row whether somebody came or went: no date of leaving.
    Movement = "进退场日期" ["进退场时间"];
    OnSite = "在场状态" ["人员状态"];
    Contract = "是否签订劳动合同" ["合同签订情况"];
    Insurance = "是否参加工伤保险" ["是否购买保险", "是否购买工伤或意外伤害保险"];
    Address = "家庭住址" ["住址", "地址", "身份证住址"];
    Trained = "安全培训日期";
    Registered = "实名登记日期";
    Emergency = "紧急联系方式" ["紧急联系人姓名", "紧急联系人电话"];
    Validity = "证件有效期结束日期" ["证件有效期开始日期"];
}

pub static SHAPE: Shape = Shape {
    dataset: Dataset::Roster,
    columns: COLUMNS,
    // A telephone stands for what a roster says of a worker only beside an identity or card: names and telephones are a list of contacts.
    needs: &[
        at![Name],
        at![Id, Card, Phone],
        at![Entry, Exit, OnSite, Leader, Role, Contract, Insurance, Registered, Trained, Phone],
        at![Entry, Exit, OnSite, Leader, Role, Contract, Insurance, Registered, Trained, Id, Card],
    ],
    required: &[at![Name]],
    wanted: &[],
    marks: at![Entry, Exit, OnSite, Leader, Role, Contract, Insurance, Phone, Registered, Trained, Address, Nation, Gender],
    subjects: at![Name, Id, Card],
    amounts: at![],
    project: Some((Col::Code as usize, Col::Project as usize)),
    month: None,
    team: Some(Col::Team as usize),
    employer: Some(Col::Employer as usize),
    takes_days: false,
};

pub struct RosterLayout;

impl Layout for RosterLayout {
    type Line = RosterLine;

    fn read(row: &Row<'_, '_>, people: &mut People<'_>) -> RowResult<(Key, RosterLine)> {
        let who = people.who(row, Col::Name, Col::Id, Some(Col::Card as usize))?;
        if row.cell(Col::Id).is_some_and(super::super::table::Cell::is_blank)
            && who.card.is_none()
            && row.code(Col::Phone)?.is_none()
            && row.text(Col::Team)?.is_none()
        {
            return Err(
                row.fault(Col::Id, CellFault::new("只有姓名，没有证件号码、班组等其他内容", "请补全证件号码后重新提供，或删去该行"))
            );
        }
        let employer = row.text_field(Col::Employer)?;
        let team = row.text_field(Col::Team)?;
        let key =
            Key { employer: employer.given().cloned(), team: team.given().cloned(), ..Key::of(row.must_place(Col::Code, Col::Project)?) };
        let line = RosterLine {
            who,
            id_given: given(row.secret(Col::Id)?.is_some(), row.cell(Col::Id).is_some()),
            employer,
            team,
            phone: row.code_field(Col::Phone)?,
            trade: row.text_field(Col::Trade)?.map(|t| words::trade(&t)),
            role: row.word_field(Col::Role, |t| Ok(words::worker_role(t)))?,
            is_leader: row.bool_field(Col::Leader)?,
            card_given: given(row.secret(Col::Card)?.is_some(), row.cell(Col::Card).is_some()),
            card_bank: row.text(Col::CardBank)?,
            entry_on: row.needed_date_field(Col::Entry)?,
            exit_on: row.date_field(Col::Exit)?,
            on_site: row
                .word_field(Col::OnSite, |t| words::on_site(t).ok_or_else(|| CellFault::new("在场状态无法识别", "请填写 在场 或 退场")))?,
            has_contract: row.bool_field(Col::Contract)?,
            has_insurance: row.bool_field(Col::Insurance)?,
            trained_on: row.date_field(Col::Trained)?,
            registered_on: row.date_field(Col::Registered)?,
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

    fn once(line: &RosterLine) -> Option<u64> {
        Some(fingerprint((line.who.person, &line.who.name, line.who.card, line.entry_on.get(), line.phone.given())))
    }

    fn row_of(line: &RosterLine) -> u32 {
        line.who.row
    }

    fn wrap(lines: Vec<RosterLine>) -> Body {
        Body::Roster(lines)
    }
}

/// Whether a column is there, and whether this cell of it is filled.
pub fn given(filled: bool, column: bool) -> Field<()> {
    match (filled, column) {
        (true, _) => Field::Given(()),
        (false, true) => Field::Empty,
        (false, false) => Field::Absent,
    }
}
