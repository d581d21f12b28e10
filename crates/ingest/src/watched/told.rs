//! The report beside a file that was put aside: plain Chinese, for whoever sent it.

use store::Waiting;

use crate::report::{FileReport, SheetReport};
use crate::returns::note_text;

/// Faults listed one by one for each worksheet.
const MOST_LISTED: usize = 1_000;

/// First line: where the file has gone. All lines end as Windows editors want it.
pub const PLACE: &str = "文件：";

/// What became of a file; of an archive, one report for each file in it.
pub fn text(place: &str, reports: &[FileReport], waiting: &[&Waiting]) -> String {
    let mut lines = vec![format!("{PLACE}{place}")];
    let sheets = || reports.iter().flat_map(|report| &report.sheets);
    let (kept, rejected) =
        sheets().fold((0_u64, 0_u64), |(kept, rejected), sheet| (kept + u64::from(sheet.kept), rejected + u64::from(sheet.rejected)));
    lines.push(format!("结果：采用 {kept} 行，退回 {rejected} 行。"));
    for report in reports {
        lines.push(String::new());
        one(report, reports.len() > 1, &mut lines);
    }
    if !waiting.is_empty() {
        lines.push(String::new());
        lines.push("已经收下、还没有归到项目名下的表（导入相应的项目清单或专用账户表后自动归位）：".to_owned());
        lines.extend(waiting.iter().map(|sheet| format!("  《{}》{}，{} 行", sheet.dataset.chinese(), sheet.place, sheet.rows)));
    }
    lines.push(String::new());
    lines.push(if reports.iter().any(FileReport::has_rejects) {
        "怎么办：改好以后，把整份文件重新放进收件目录（不是 done 或 rejected），没有问题的行也请留着：整张表会取代前一次。".to_owned()
    } else {
        "全部采用，不用再做什么。".to_owned()
    });
    // Editors of older Windows take a file without this mark for another encoding.
    format!("\u{feff}{}\r\n", lines.join("\r\n"))
}

fn one(report: &FileReport, in_archive: bool, lines: &mut Vec<String>) {
    if in_archive {
        lines.push(format!("【{}】", report.file.rsplit(['/', '\\']).next().unwrap_or(&report.file)));
    }
    if let Some(problem) = &report.error {
        lines.push(format!("这个文件没有采用：{}。", problem.what));
        lines.push(format!("改法：{}。", problem.mend));
    }
    for sheet in &report.sheets {
        worksheet(sheet, lines);
    }
}

fn worksheet(sheet: &SheetReport, lines: &mut Vec<String>) {
    let name = if sheet.sheet.is_empty() { String::new() } else { format!("工作表“{}”", sheet.sheet) };
    match sheet.dataset {
        Some(dataset) => lines.push(format!(
            "{name}按《{}》读取：数据 {} 行，采用 {} 行，退回 {} 行。",
            dataset.chinese(),
            sheet.kept + sheet.rejected,
            sheet.kept,
            sheet.rejected
        )),
        None if name.is_empty() => {}
        None => lines.push(format!("{name}没有读取。")),
    }
    for reject in sheet.rejects.iter().take(MOST_LISTED) {
        let column = if reject.column.is_empty() { String::new() } else { format!("“{}”列", reject.column) };
        let value = if reject.value.is_empty() { String::new() } else { format!("（写的是“{}”）", reject.value) };
        lines.push(format!("  第 {} 行{column}{value}：{}。改法：{}。", reject.row, reject.reason, reject.mend));
    }
    if sheet.rejects.len() > MOST_LISTED {
        lines.push(format!("  另有 {} 处没有列出；请先改正已列出的，类似的一并改正。", sheet.rejects.len() - MOST_LISTED));
    }
    lines.extend(sheet.notes.iter().map(|note| format!("  {}", note_text(note).replace('\n', " "))));
}
