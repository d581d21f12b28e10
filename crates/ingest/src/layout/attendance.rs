//! 考勤, long punches and wide matrices (file-formats.md §9). A row of a matrix is a line; punches are folded in `fold`.

use model::sheet::AttendanceLine;
use model::{Body, Dataset, Month, SheetHead};

use super::{Key, Layout, Shape, at, columns, fingerprint};
use crate::cell::words;
use crate::days;
use crate::people::People;
use crate::row::{Row, RowResult};

columns! {
    Code = "项目编码" ["项目编号", "项目代码", "对应项目"];
    Project = "项目名称" ["工程名称", "工程项目"];
    Employer = "企业名称" ["工人所属企业名称", "施工单位", "分包单位", "用工单位", "所在企业", "劳务公司"];
    EmployerCode = "企业统一社会信用代码" ["统一社会信用代码", "信用代码"];
    Team = "班组名称" ["工人所属班组名称", "所在班组", "所属班组", "班组"];
    Name = "姓名" ["人员姓名", "工人姓名", "员工姓名"];
    Id @secret = "证件号码" ["身份证号", "身份证号码", "身份证", "身份证件号", "证件号"];
    Trade = "工种" ["岗位", "当前工种"];
    Time = "考勤时间" ["刷卡时间", "打卡时间", "通行时间", "识别时间"];
    Direction = "进出方向" ["刷卡进出方向", "进/出"];
    Channel = "通行方式" ["考勤方式"];
    Source = "考勤来源" ["来源"];
    Month = "考勤月份" ["月份", "所属月份", "工资所属月份"];
    Stated = "出勤天数" ["合计", "总出勤", "实际出勤天数", "本月出勤", "出勤合计", "出勤"];
    Overtime = "加班" ["加班工时", "加班时间"];
    Half = "时段" ["上下午", "午别"];
    Signed = "工人签字" ["签字", "签名", "确认"];
    Seq = "序号" ["编号"];
    Remark = "备注";
}

pub static SHAPE: Shape = Shape {
    dataset: Dataset::Attendance,
    columns: COLUMNS,
    needs: &[at![Name, Id], at![Time]],
    required: &[at![Name]],
    wanted: &[],
    marks: at![Time, Direction, Channel],
    subjects: at![Name, Id],
    amounts: at![Time],
    project: Some((Col::Code as usize, Col::Project as usize)),
    month: Some(Col::Month as usize),
    team: Some(Col::Team as usize),
    employer: Some(Col::Employer as usize),
    takes_days: true,
};

pub struct AttendanceLayout;

/// Everything of a row but the days: the sheet it belongs to and an empty line.
pub fn read_worker(row: &Row<'_, '_>, people: &mut People<'_>, month: Option<Month>) -> RowResult<(Key, AttendanceLine)> {
    let who = people.who(row, Col::Name, Col::Id, None)?;
    let team = row.text(Col::Team)?;
    let key =
        Key { place: row.must_place(Col::Code, Col::Project)?, month, employer: row.text(Col::Employer)?, team: team.clone(), part: None };
    let line = AttendanceLine {
        who,
        team,
        trade: row.text(Col::Trade)?.map(|t| words::trade(&t)),
        whole_days: 0,
        half_days: 0,
        hours: model::Field::Absent,
        stated_days: row.days_field(Col::Stated)?,
    };
    Ok((key, line))
}

impl Layout for AttendanceLayout {
    type Line = AttendanceLine;

    /// A row of a wide matrix.
    fn read(row: &Row<'_, '_>, people: &mut People<'_>) -> RowResult<(Key, AttendanceLine)> {
        let month = match row.frame.days.as_ref().and_then(|d| d.month) {
            Some(month) if !row.frame.mapping.has(Col::Month as usize) => {
                row.agrees_on_month(Col::Month, Some(month))?;
                month
            }
            _ => row.must_month(Col::Month)?,
        };
        let (key, mut line) = read_worker(row, people, Some(month))?;
        days::read(row, month, &mut line)?;
        Ok((key, line))
    }

    fn head(row: &Row<'_, '_>, key: &Key, head: &mut SheetHead) -> RowResult<()> {
        head.project_name = row.text(Col::Project)?;
        head.employer.clone_from(&key.employer);
        head.employer_code = row.code(Col::EmployerCode)?;
        head.team.clone_from(&key.team);
        Ok(())
    }

    fn once(line: &AttendanceLine) -> Option<u64> {
        Some(fingerprint((line.who.person, &line.who.name)))
    }

    /// Morning and afternoon of one worker stand in two rows.
    fn join(known: &mut AttendanceLine, row: &Row<'_, '_>, line: &AttendanceLine) -> bool {
        if !days::is_half_row(row) || known.whole_days != 0 || line.whole_days != 0 {
            return false;
        }
        known.whole_days = known.half_days & line.half_days;
        known.half_days ^= line.half_days;
        true
    }

    fn row_of(line: &AttendanceLine) -> u32 {
        line.who.row
    }

    fn wrap(lines: Vec<AttendanceLine>) -> Body {
        Body::Attendance(lines)
    }
}
