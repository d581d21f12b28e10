//! 参建单位 (file-formats.md §2, §18).

use model::sheet::Contractor;
use model::{Body, Dataset};

use super::{Key, Layout, Shape, at, columns};
use crate::cell::words;
use crate::people::People;
use crate::row::{Row, RowResult};

columns! {
    Code = "项目编码" ["项目编号", "项目代码", "对应项目"];
    Project = "项目名称" ["工程名称", "工程项目"];
    CorpCode = "统一社会信用代码" ["企业统一社会信用代码", "社会信用代码", "信用代码", "组织机构代码"];
    Name = "企业名称" ["单位名称", "公司名称", "参建单位名称"];
    Kind = "参建类型" ["企业类型", "参建单位类型", "单位类型"];
    Parent = "上级单位" ["分包来源", "发包单位"];
    Amount = "分包合同额";
    Entry = "进场时间" ["进场日期"];
    Exit = "退场时间" ["退场日期"];
    Manager = "项目经理" ["项目经理名称"];
    ManagerId @secret = "证件号码" ["项目经理证件号码"];
    ManagerPhone = "电话" ["项目经理电话"];
    Agreement = "委托代发" ["委托总包代发", "代发协议"];
    Email = "联系邮箱" ["邮箱"];
}

pub static SHAPE: Shape = Shape {
    dataset: Dataset::Contractor,
    columns: COLUMNS,
    needs: &[at![Name, CorpCode], at![Kind]],
    required: &[at![Name]],
    wanted: &[],
    marks: at![Kind, Parent, Amount, Agreement],
    subjects: at![Name, CorpCode],
    amounts: at![Amount],
    project: Some((Col::Code as usize, Col::Project as usize)),
    month: None,
    team: None,
    employer: None,
    takes_days: false,
};

pub struct ContractorLayout;

impl Layout for ContractorLayout {
    type Line = Contractor;

    fn read(row: &Row<'_, '_>, people: &mut People<'_>) -> RowResult<(Key, Contractor)> {
        let kind_text = row.must_text(Col::Kind)?;
        let manager = row.text(Col::Manager)?;
        if let Some(id) = row.secret(Col::ManagerId)? {
            people.identify(&id, manager.as_deref().unwrap_or_default());
        }
        let line = Contractor {
            row: row.number,
            code: row.code(Col::CorpCode)?,
            name: row.must_text(Col::Name)?,
            kind: words::corp_type(&kind_text),
            kind_text,
            parent: row.text(Col::Parent)?,
            contract_amount: row.money_field(Col::Amount)?,
            entry_on: row.date_field(Col::Entry)?,
            exit_on: row.date_field(Col::Exit)?,
            manager,
            manager_phone: row.code(Col::ManagerPhone)?,
            payout_agreement: row.bool_field(Col::Agreement)?,
            emails: row.list(Col::Email)?,
        };
        Ok((Key::of(row.must_place(Col::Code, Col::Project)?), line))
    }

    fn row_of(line: &Contractor) -> u32 {
        line.row
    }

    fn wrap(lines: Vec<Contractor>) -> Body {
        Body::Contractor(lines)
    }
}
