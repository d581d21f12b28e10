//! Which rows of a worksheet are data (file-formats.md §14, quirks 7–9, 11).
//!
//! A row of the body with a name, an identity or an amount is data, whatever else it holds.

use std::borrow::Cow;

use crate::cell::compact;
use crate::row::Frame;
use crate::table::Cell;
use crate::templates::is_example_code;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    Data,
    /// Title rows and preamble.
    Title,
    Heading,
    Total,
    /// Signatures, legends, remarks.
    Footer,
    /// Filled, but in no column that says whom or how much.
    Note,
    /// The example a template was shipped with.
    Example,
    Blank,
}

impl Class {
    /// As the import report names it.
    pub fn code(self) -> &'static str {
        match self {
            Self::Data => "data",
            Self::Title => "title",
            Self::Heading => "heading",
            Self::Total => "total",
            Self::Footer => "footer",
            Self::Note => "note",
            Self::Example => "example",
            Self::Blank => "blank",
        }
    }
}

/// After so many rows without key columns the body has ended.
const END_OF_BODY: u32 = 2;

pub struct Classifier<'f> {
    frame: &'f Frame,
    /// First row below the heading, from 1.
    first: u32,
    /// Rows of the heading.
    heading_rows: u32,
    /// Positions and texts of mapped headings.
    headings: Vec<(usize, String)>,
    subjects: Vec<usize>,
    amounts: Vec<usize>,
    /// Where the project code stands.
    code: Option<usize>,
    without_keys: u32,
    seen_data: bool,
}

impl<'f> Classifier<'f> {
    pub fn new(frame: &'f Frame, heading: u32, heading_rows: u32) -> Self {
        let mapping = &frame.mapping;
        let positions = |columns: &[usize]| columns.iter().filter_map(|c| mapping.at[*c]).collect::<Vec<_>>();
        let headings =
            mapping.at.iter().zip(&mapping.headings).filter_map(|(at, heading)| Some(((*at)?, heading.as_ref()?.0.clone()))).collect();
        Self {
            frame,
            first: heading + heading_rows,
            heading_rows,
            headings,
            subjects: positions(mapping.shape.subjects),
            amounts: positions(mapping.shape.amounts),
            code: mapping.shape.columns.iter().position(|c| c.canonical == "项目编码").and_then(|column| mapping.at[column]),
            without_keys: 0,
            seen_data: false,
        }
    }

    /// Class of row `number`, 1 = first row. Rows come in order.
    pub fn class(&mut self, number: u32, cells: &[Cell<'_>]) -> Class {
        if number < self.first {
            return if number + self.heading_rows >= self.first {
                Class::Heading
            } else if cells.iter().all(Cell::is_blank) {
                Class::Blank
            } else {
                Class::Title
            };
        }
        let class = self.body_class(cells);
        match class {
            Class::Data => (self.seen_data, self.without_keys) = (true, 0),
            Class::Heading => self.without_keys = 0,
            Class::Example => {}
            _ => self.without_keys += 1,
        }
        class
    }

    /// A row was found to be data without asking.
    pub fn saw_data(&mut self) {
        (self.seen_data, self.without_keys) = (true, 0);
    }

    fn body_class(&self, cells: &[Cell<'_>]) -> Class {
        if let Some(Cell::Text(text)) = self.code.and_then(|at| cells.get(at))
            && is_example_code(text)
        {
            return Class::Example;
        }
        let filled = |at: &&usize| cells.get(**at).is_some_and(|c| !c.is_blank());
        let (subjects, amounts) = (self.subjects.iter().filter(filled).count(), self.amounts.iter().filter(filled).count());
        let is_mark = |at: usize| cells.get(at).is_some_and(|c| !c.is_blank() && !is_label(&c.shown()));
        let days = self.frame.days.as_ref().map_or(0, |d| d.columns.iter().filter(|(at, _)| is_mark(*at)).count());
        if subjects + amounts + days == 0 {
            return if cells.iter().all(Cell::is_blank) {
                Class::Blank
            } else if cells.iter().any(|c| is_total_word(&c.shown())) {
                Class::Total
            } else if cells.iter().any(|c| is_label(&c.shown())) {
                Class::Footer
            } else {
                Class::Note
            };
        }
        if self.repeats_heading(cells) {
            return Class::Heading;
        }
        if cells.iter().take(SAMPLE_COLUMNS).any(|c| is_sample(&c.shown())) {
            return Class::Note;
        }
        let says = |test: &dyn Fn(&str) -> bool, at: &usize| cells.get(*at).is_none_or(|c| c.is_blank() || test(&c.shown()));
        if self.is_balance_row(cells) || self.is_total_beside_a_count(cells) {
            return Class::Total;
        }
        if cells.iter().find(|c| !c.is_blank()).is_some_and(|c| LEGENDS.contains(&compact(&c.shown()).as_ref())) {
            return Class::Footer;
        }
        // Nobody is called 合计, whatever stands beside it (合计, 3人).
        if self.subjects.first().is_some_and(|at| cells.get(*at).is_some_and(|c| is_total_word(&c.shown()))) {
            return Class::Total;
        }
        if self.subjects.iter().all(|at| says(&|t| is_total_word(t) || is_label(t), at)) {
            if cells.iter().any(|c| is_total_word(&c.shown())) {
                return Class::Total;
            }
            if self.amounts.iter().all(|at| says(&is_label, at)) && days == 0 {
                return Class::Footer;
            }
            if subjects + amounts == 0 && self.is_weekdays(cells) {
                return Class::Heading;
            }
        }
        let ended = self.seen_data && self.without_keys >= END_OF_BODY;
        if ended && subjects + amounts + days.min(2) < 2 { Class::Footer } else { Class::Data }
    }

    /// Sums and carried balances of a statement, which bear a date like its entries.
    fn is_balance_row(&self, cells: &[Cell<'_>]) -> bool {
        const WORDS: [&str; 14] = [
            "本日合计",
            "本月合计",
            "本期合计",
            "本页合计",
            "本年合计",
            "本年累计",
            "本月累计",
            "期初余额",
            "期末余额",
            "上期结转",
            "上年结转",
            "承前页",
            "过次页",
            "合计",
        ];
        self.frame.mapping.shape.dataset == model::Dataset::Ledger
            && cells.iter().any(|c| matches!(c, Cell::Text(text) if WORDS.contains(&compact(text).as_ref())))
    }

    /// `合计 | 3人`: the word of a total left of the names, and where a name would stand a count.
    fn is_total_beside_a_count(&self, cells: &[Cell<'_>]) -> bool {
        let Some(at) = self.subjects.first() else { return false };
        let is_count = |cell: &Cell<'_>| {
            let text = compact(&cell.shown()).into_owned();
            let text = text.trim_start_matches("人数").trim_start_matches([':', '：', '共']);
            let rest = text.trim_start_matches(|c: char| c.is_ascii_digit() || "一二三四五六七八九十百".contains(c));
            rest.len() < text.len() && matches!(rest, "" | "人" | "名" | "笔" | "户" | "个" | "条")
        };
        cells.get(*at).is_some_and(|c| c.is_blank() || is_count(c)) && cells.iter().take(*at).any(|c| is_total_word(&c.shown()))
    }

    /// The heading again, as on every printed page.
    fn repeats_heading(&self, cells: &[Cell<'_>]) -> bool {
        let Some((at, text)) = self.headings.first() else { return false };
        if !cells.get(*at).is_some_and(|c| same_heading(&c.shown(), text)) {
            return false;
        }
        let same = self.headings.iter().filter(|(at, text)| cells.get(*at).is_some_and(|c| same_heading(&c.shown(), text))).count();
        same * 2 > self.headings.len()
    }

    fn is_weekdays(&self, cells: &[Cell<'_>]) -> bool {
        let days = self.frame.days.as_ref().map(|d| d.columns.as_slice()).unwrap_or_default();
        let weekday = |cell: &Cell<'_>| {
            matches!(cell.shown().trim_start_matches("星期").trim_start_matches('周'), "一" | "二" | "三" | "四" | "五" | "六" | "日")
        };
        days.iter().filter_map(|(at, _)| cells.get(*at)).filter(|c| !c.is_blank()).all(weekday)
    }
}

fn same_heading(shown: &str, heading: &str) -> bool {
    if shown == heading {
        return true;
    }
    // Two heading rows are shown as `上|下`; either of them comes back.
    heading.contains('|') && heading.split('|').any(|part| part == shown) || shown.contains('\n') && compact(shown) == compact(heading)
}

/// 合计, 小计, 共12人 …
pub fn is_total_word(shown: &str) -> bool {
    let ends = shown.trim_end().chars().next_back();
    if shown.len() > 60 || !ends.is_some_and(|c| "计总数额页人笔户条行元整:：)）".contains(c)) {
        return false;
    }
    let text: Cow<'_, str> = compact(shown);
    let text = text.trim_end_matches([':', '：']);
    if matches!(
        text,
        "合计"
            | "总计"
            | "小计"
            | "共计"
            | "累计"
            | "汇总"
            | "总合计"
            | "合计数"
            | "期初余额"
            | "期末余额"
            | "上期余额"
            | "承前页"
            | "过次页"
            | "上日余额"
    ) {
        return true;
    }
    if ["本页", "合计", "总计", "小计", "共计", "累计", "汇总"].iter().any(|word| text.strip_prefix(word).is_some_and(says_no_more))
    {
        return true;
    }
    let text = text.split(['(', '（']).next().unwrap_or(text);
    let tail =
        text.ends_with("小计") || text.ends_with("合计") || text.ends_with("总计") || text.ends_with("累计") || text.ends_with("共计");
    if tail && text.chars().count() <= 12 {
        return true;
    }
    let rest = text.trim_start_matches(['共', '合', '总', '计']);
    rest.len() < text.len()
        && rest.ends_with(['人', '笔', '户', '条', '行'])
        && rest[..rest.len() - 3].bytes().all(|b| b.is_ascii_digit())
        && rest.len() > 3
}

/// Columns among which a template marks its sample row.
const SAMPLE_COLUMNS: usize = 6;

/// The sample row of a template, left in: 示例, 例：….
fn is_sample(shown: &str) -> bool {
    shown.starts_with(['示', '样', '例', '填', '(', '（']) && {
        let text = compact(shown);
        let text = text.trim_start_matches('(').trim_end_matches(')');
        matches!(text, "示例" | "样例" | "例" | "例子" | "示例行" | "填写示例" | "示例数据")
            || ["示例:", "样例:", "例:", "例如:", "填写示例:", "示例)", "样例)"].iter().any(|word| text.starts_with(word))
    }
}

/// Totals that cover the whole sheet, not a page or a team.
pub fn is_grand_total(shown: &str) -> bool {
    let text = compact(shown);
    ["合计", "总计", "共计", "总合计", "汇总"].iter().any(|word| text.strip_prefix(word).is_some_and(says_no_more))
}

/// What may follow the word of a total: 合计（元）, 合计人数, 小计：3人, 合计人民币（大写）.
fn says_no_more(rest: &str) -> bool {
    rest.chars().all(|c| c.is_ascii_digit() || "人数笔户条行页金额元整大写民币共计合小总()（）:：,.，、".contains(c))
}

/// First cells of rows that explain the marks.
const LEGENDS: [&str; 5] = ["图例", "符号", "考勤符号", "填表说明", "说明"];

/// First words of the lines above and under a table.
const LABELS: &[&str] = &[
    "制表",
    "审核",
    "复核",
    "填表",
    "填报",
    "项目经理",
    "项目负责",
    "劳资",
    "班组长",
    "负责人",
    "经办",
    "注",
    "说明",
    "备注",
    "单位",
    "总包",
    "盖章",
    "签字",
    "签章",
    "日期",
    "图例",
    "符号",
    "总笔数",
    "总金额",
    "借方",
    "贷方",
    "期初",
    "期末",
    "打印",
    "会计",
    "出纳",
    "财务",
    "编制",
    "施工",
    "建设",
    "监理",
    "批准",
    "审批",
    "核对",
    "联系",
    "以上",
    "以下空白",
    "此页以下空白",
    "本表",
    "承诺",
    "声明",
    "公示",
    "项目部",
    "法定",
    "工人代表",
    "监督",
    "举报",
    "大写",
    "金额",
    "人民币",
    "主管",
    "复查",
    "审查",
    "校对",
    "制单",
    "记账",
];

/// `制表人：…`, `注：…`: what stands under a table.
pub fn is_label(shown: &str) -> bool {
    if !shown.contains([':', '：', '注', '说', '填', '以', '本', '※']) {
        return false;
    }
    let text = compact(shown);
    let text = text.trim_start_matches(['(', '（', '-', '—', '/']);
    LABELS.iter().any(|label| text.starts_with(label))
        && (text.contains(':')
            || text.starts_with('注')
            || text.starts_with("说明")
            || text.starts_with("填表说明")
            || text.starts_with("以上")
            || text.contains("以下空白")
            || text.starts_with("本表"))
        || text.starts_with('※')
}

#[cfg(test)]
mod tests {
    use super::{is_grand_total, is_label, is_sample, is_total_word};

    #[test]
    fn totals_and_labels_are_told_from_names() {
        for total in [
            "合计（元）",
            "合计人数",
            "小计：3人",
            "小计（钢筋班组）",
            "第1页小计",
            "合计",
            "合 计：",
            "总计",
            "本页小计",
            "钢筋班组小计",
            "共12人",
            "共计5笔",
            "汇总",
        ] {
            assert!(is_total_word(total), "{total}");
        }
        for sample in ["示例", "例：张三", "（示例）张三", "样例:"] {
            assert!(is_sample(sample), "{sample}");
        }
        assert!(!is_sample("例行检查") && !is_sample("示范班组"));
        for name in ["测试工人一", "共工", "计划", "人", "", "合计划", "共人"] {
            assert!(!is_total_word(name), "{name}");
        }
        assert!(is_grand_total("合 计") && is_grand_total("合计（元）") && !is_grand_total("本页小计") && !is_grand_total("本页合计"));
        assert!(
            is_label("制表人：测试甲")
                && is_label("注：本表一式两份")
                && is_label("项目经理：")
                && !is_label("单于测试")
                && !is_label("项目经理")
        );
    }
}
