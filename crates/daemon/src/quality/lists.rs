//! The report as tables: what a terminal shows, and what the workbook holds.

use model::{Date, ProjectCode};
use notifier::{List, ListCell};

use super::Quality;
use crate::output;

pub fn lists(quality: &Quality) -> Vec<List> {
    let mut lists = vec![sources(quality), projects(quality), datasets(quality)];
    if !quality.files.is_empty() {
        lists.push(files(quality));
    }
    lists
}

fn text(text: impl Into<String>) -> ListCell {
    ListCell::Text(text.into())
}

fn code(project: &ProjectCode) -> ListCell {
    text(project.as_str())
}

/// Nothing where there is nothing to mend: what stands out is what counts.
fn some(number: u32) -> ListCell {
    if number == 0 { ListCell::Empty } else { ListCell::Number(number) }
}

fn number(number: Option<u32>) -> ListCell {
    number.map_or(ListCell::Empty, ListCell::Number)
}

fn date(date: Option<Date>) -> ListCell {
    date.map_or(ListCell::Empty, ListCell::Date)
}

fn sources(quality: &Quality) -> List {
    let rows = quality.sources.iter().map(|line| {
        let project = line.project.as_ref().map_or_else(|| text("（几个项目合在一起的表）"), code);
        vec![
            project,
            text(&line.project_name),
            text(&line.source),
            ListCell::Number(line.rows),
            some(line.rejected),
            some(line.damaged),
            some(line.duplicate),
        ]
    });
    List {
        name: "退回的行",
        columns: vec![
            ("项目编码", 22.0),
            ("项目名称", 30.0),
            ("来源", 14.0),
            ("数据行", 10.0),
            ("退回未改", 10.0),
            ("号码损坏", 10.0),
            ("人员重复", 10.0),
        ],
        rows: rows.collect(),
    }
}

fn projects(quality: &Quality) -> List {
    let rows = quality.projects.iter().map(|line| {
        vec![
            code(&line.project),
            text(&line.project_name),
            line.month.map_or(ListCell::Empty, |month| text(month.to_string())),
            number(line.roster_heads),
            number(line.attended_heads),
            some(line.unbalanced_payrolls),
            some(line.unbalanced_ledgers),
            line.outcome.map_or(ListCell::Empty, |outcome| text(output::outcome(outcome))),
            line.reason.as_ref().map_or(ListCell::Empty, text),
        ]
    });
    List {
        name: "人数与合计",
        columns: vec![
            ("项目编码", 22.0),
            ("项目名称", 30.0),
            ("月份", 10.0),
            ("在册人数", 10.0),
            ("考勤人数", 10.0),
            ("不平的工资表", 12.0),
            ("不平的流水", 12.0),
            ("数据质量", 10.0),
            ("说明", 40.0),
        ],
        rows: rows.collect(),
    }
}

fn datasets(quality: &Quality) -> List {
    let rows = quality.datasets.iter().map(|line| {
        vec![
            code(&line.project),
            text(&line.project_name),
            text(&line.source),
            text(line.dataset.chinese()),
            date(Some(line.received_on)),
            date(line.newest),
            date(line.due),
            some(line.days_late),
            some(line.bad_check),
            some(line.masked),
            some(line.digest),
            some(line.without_number),
        ]
    });
    List {
        name: "数据新旧与证件号码",
        columns: vec![
            ("项目编码", 22.0),
            ("项目名称", 30.0),
            ("来源", 14.0),
            ("数据", 16.0),
            ("最近收到", 12.0),
            ("数据到", 12.0),
            ("应更新于", 12.0),
            ("迟（天）", 10.0),
            ("号码不符", 10.0),
            ("号码被遮盖", 11.0),
            ("只有摘要", 10.0),
            ("没有号码", 10.0),
        ],
        rows: rows.collect(),
    }
}

fn files(quality: &Quality) -> List {
    let rows = quality
        .files
        .iter()
        .map(|line| vec![text(&line.source), text(&line.file), ListCell::Date(line.received_on), ListCell::Number(line.rejected)]);
    List {
        name: "整份退回的文件", columns: vec![("来源", 14.0), ("文件", 40.0), ("收到", 12.0), ("退回行", 10.0)], rows: rows.collect()
    }
}
