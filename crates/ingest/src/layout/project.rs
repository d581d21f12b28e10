//! 项目清单 (file-formats.md §1, §18).

use model::sheet::{PermitDate, Project};
use model::{Body, Dataset, Field, Place};

use super::{Key, Layout, Shape, at, columns, fingerprint};
use crate::cell::{CellFault, compact, words};
use crate::people::People;
use crate::row::{Row, RowResult};

columns! {
    Code = "项目编码" ["项目编号", "项目代码", "对应项目"];
    Name = "项目名称" ["工程名称", "工程项目", "在建项目", "标段名称"];
    Category = "项目分类" ["项目类别", "工程类别"];
    Industry = "行业" ["行业类别", "所属行业"];
    IndustryAuthority = "行业主管部门" ["行业工程建设主管部门"];
    Area = "项目所在地" ["区划代码", "所属区域", "行政区划"];
    Address = "项目地址" ["建设地点", "工程地址"];
    Owner = "建设单位" ["建设单位名称", "业主单位", "发包人"];
    OwnerCode = "建设单位统一社会信用代码" ["建设单位信用代码"];
    Contractor = "施工总承包单位" ["总承包单位名称", "总包单位", "施工单位", "施工总承包单位名称", "总承包单位"];
    ContractorCode = "总承包单位统一社会信用代码" ["施工单位信用代码", "施工总承包单位统一社会信用代码", "总包单位统一社会信用代码"];
    Permits = "施工许可证号" ["施工许可证编号"];
    ContractAmount = "施工合同额" ["合同价", "签约合同价", "工程合同价", "合同金额"];
    Invest @wan = "总投资" ["总投资额", "工程造价"];
    LabourRatio = "人工费用比例" ["人工费占比", "人工费拨付比例"];
    LabourAmount = "合同人工费用数额" ["人工费总额", "人工费总预算"];
    LabourCycle = "人工费拨付周期" ["拨付周期", "人工费用拨付周期"];
    FundDay = "人工费用拨付日" ["人工费拨付日"];
    PayDay = "工资支付日" ["每月发薪日", "工资发放日", "发薪日"];
    Start = "开工日期" ["实际开工日期", "计划开工日期", "开工时间"];
    Complete = "竣工日期" ["竣工时间", "完工日期"];
    Status = "项目状态" ["工程状态"];
    Suspended = "停工日期" ["停工时间"];
    Resumed = "复工日期" ["复工时间"];
    Duration = "工期" ["建设周期", "总工期"];
    Officer = "劳资专管员" ["劳资员", "劳资专管员姓名"];
    OfficerPhone = "联系电话" ["劳资专管员联系电话", "劳资专管员电话", "劳资员电话", "劳资专管员手机号码"];
    OfficerId @secret = "证件号码" ["劳资专管员证件号码", "劳资专管员身份证号", "劳资员证件号码"];
    OfficerFrom = "在岗开始日期" ["劳资专管员在岗开始日期", "在岗起", "在岗开始", "在岗起始日期", "劳资专管员到岗日期"];
    OfficerTo = "在岗结束日期" ["劳资专管员在岗结束日期", "在岗止", "在岗结束", "在岗截止日期", "劳资专管员离岗日期"];
    OfficerSpan = "在岗起止" ["劳资专管员在岗起止"];
    Manager = "项目经理" ["项目负责人", "联系人姓名", "项目经理姓名"];
    ManagerPhone = "电话" ["项目经理电话", "项目经理联系电话", "项目负责人电话"];
    Guarantee = "工程款支付担保" ["支付担保情况"];
    GuaranteeTo = "支付担保到期日" ["工程款支付担保到期日"];
    OwnerKind = "投资性质" ["投资主体", "资金来源", "建设性质(资金)"];
    Signed = "合同签订日期" ["签约日期", "合同签约日期"];
    ContractStart = "合同开始日期" ["合同工期起"];
    ContractEnd = "合同结束日期" ["合同工期止"];
    Permit = "施工许可日期" ["发证日期", "开工报告批复日期"];
    Connected = "平台接入日期";
    MeasureCycle = "计量周期约定" ["计量周期"];
    SettlementTerms = "过程结算约定";
    OwnerEmail = "建设单位邮箱";
    ContractorEmail = "总包邮箱" ["总包单位邮箱", "施工总承包单位邮箱"];
    Inspector = "监察员";
}

pub static SHAPE: Shape = Shape {
    dataset: Dataset::Project,
    columns: COLUMNS,
    needs: &[
        at![Code, Name],
        at![Owner, Status, Start, Invest, Officer, OwnerKind, Permits, Signed, Contractor, ContractAmount, LabourRatio, Permit],
    ],
    required: &[at![Code]],
    wanted: &[],
    marks: at![
        Name,
        Owner,
        OwnerCode,
        Status,
        Invest,
        Officer,
        OwnerKind,
        Permits,
        Signed,
        Permit,
        LabourRatio,
        LabourAmount,
        LabourCycle,
        FundDay,
        Duration
    ],
    subjects: at![Code, Name],
    amounts: at![ContractAmount, Invest],
    project: None,
    month: None,
    team: None,
    employer: None,
    takes_days: false,
};

pub struct ProjectLayout;

impl Layout for ProjectLayout {
    type Line = Project;

    fn read(row: &Row<'_, '_>, people: &mut People<'_>) -> RowResult<(Key, Project)> {
        let Some(Place::Code(code)) = row.place(Col::Code, Col::Name)? else {
            return Err(row.fault(Col::Code, CellFault::new("缺少项目编码", "请填写项目编码；没有编码的项目请先编号")));
        };
        let line = read_line(row, people, code.clone())?;
        Ok((Key { part: Some(String::new()), ..Key::of(Place::Code(code)) }, line))
    }

    fn once(line: &Project) -> Option<u64> {
        Some(fingerprint(&line.code))
    }

    fn row_of(line: &Project) -> u32 {
        line.row
    }

    fn wrap(lines: Vec<Project>) -> Body {
        Body::Project(lines)
    }
}

fn read_line(row: &Row<'_, '_>, people: &mut People<'_>, code: model::ProjectCode) -> RowResult<Project> {
    let officer = row.text_field(Col::Officer)?;
    let officer_name = officer.given().cloned().unwrap_or_default();
    let span = row.text(Col::OfficerSpan)?.and_then(|text| crate::cell::date::span(&text));
    let or_span = |field: Field<model::Date>, end: Option<model::Date>| end.filter(|_| !field.is_given()).map_or(field, Field::Given);
    Ok(Project {
        row: row.number,
        code,
        name: row.must_text(Col::Name)?,
        category: row.text(Col::Category)?,
        industry: row.text(Col::Industry)?,
        area: row.text(Col::Area)?,
        address: row.text(Col::Address)?,
        owner_name: row.text(Col::Owner)?,
        owner_code: row.code(Col::OwnerCode)?,
        contractor_name: row.text(Col::Contractor)?,
        contractor_code: row.code(Col::ContractorCode)?,
        permit_nos: row.list(Col::Permits)?,
        contract_amount: row.money_field(Col::ContractAmount)?,
        invest: row.rate_field(Col::Invest)?,
        labour_ratio_ppm: row.share_field(Col::LabourRatio)?,
        labour_amount: row.money_field(Col::LabourAmount)?,
        labour_cycle: row.text_field(Col::LabourCycle)?,
        pay_day: row.day_field(Col::PayDay)?,
        start_on: row.needed_date_field(Col::Start)?,
        complete_on: row.date_field(Col::Complete)?,
        status: status(row)?,
        suspended_on: row.date_field(Col::Suspended)?,
        resumed_on: row.date_field(Col::Resumed)?,
        duration_days: row.count_field(Col::Duration)?,
        wage_officer: officer,
        wage_officer_phone: row.code(Col::OfficerPhone)?,
        wage_officer_id: row.secret(Col::OfficerId)?.and_then(|id| people.identify(&id, &officer_name).0),
        officer_from: or_span(row.date_field(Col::OfficerFrom)?, span.map(|s| s.0)),
        officer_to: or_span(row.date_field(Col::OfficerTo)?, span.map(|s| s.1)),
        manager: row.text(Col::Manager)?,
        manager_phone: row.code(Col::ManagerPhone)?,
        payment_guarantee: row.text_field(Col::Guarantee)?,
        payment_guarantee_to: row.date_field(Col::GuaranteeTo)?,
        owner_kind: row.word_field(Col::OwnerKind, words::owner_kind)?,
        contract_signed_on: row.date_field(Col::Signed)?,
        contract_start: row.date_field(Col::ContractStart)?,
        contract_end: row.date_field(Col::ContractEnd)?,
        permit_on: permit(row)?,
        fund_day: row.day_field(Col::FundDay)?,
        connected_on: row.date_field(Col::Connected)?,
        measure_cycle: row.text_field(Col::MeasureCycle)?,
        settlement_terms: row.text_field(Col::SettlementTerms)?,
        industry_authority: row.text(Col::IndustryAuthority)?,
        owner_emails: row.list(Col::OwnerEmail)?,
        contractor_emails: row.list(Col::ContractorEmail)?,
        inspector: row.text(Col::Inspector)?,
    })
}

/// 项目状态; where nothing is said, the dates say it.
fn status(row: &Row<'_, '_>) -> RowResult<model::sheet::ProjectStatus> {
    use model::sheet::ProjectStatus as S;
    if let Field::Given(status) = row.word_field(Col::Status, words::project_status)? {
        return Ok(status);
    }
    let (suspended, resumed) = (row.date(Col::Suspended)?, row.date(Col::Resumed)?);
    Ok(if row.date_field(Col::Complete)?.is_given() && row.cell(Col::Status).is_none() {
        S::Active
    } else if suspended.is_some() && resumed < suspended {
        S::Suspended
    } else {
        S::Active
    })
}

fn permit(row: &Row<'_, '_>) -> RowResult<Field<PermitDate>> {
    let text = row.text(Col::Permit).unwrap_or_default().unwrap_or_default();
    let text = compact(&text);
    if ["无需", "不需", "免办", "不用办"].iter().any(|word| text.contains(word)) {
        return Ok(Field::Given(PermitDate::NotRequired));
    }
    Ok(row.date_field(Col::Permit)?.map(PermitDate::On))
}
