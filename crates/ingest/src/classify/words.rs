//! What cells say of the row they stand in: totals, counts, signatures, legends, samples.

use std::borrow::Cow;

use crate::cell::compact;

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

/// Sums and carried balances of a statement.
pub fn is_balance_word(shown: &str) -> bool {
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
    WORDS.contains(&compact(shown).as_ref())
}

/// `3人`, `人数：3`, `共三人`: where a name would stand.
pub fn is_count(shown: &str) -> bool {
    let text = compact(shown);
    let text = text.trim_start_matches("人数").trim_start_matches([':', '：', '共']);
    let rest = text.trim_start_matches(|c: char| c.is_ascii_digit() || "一二三四五六七八九十百".contains(c));
    rest.len() < text.len() && matches!(rest, "" | "人" | "名" | "笔" | "户" | "个" | "条")
}

/// `2024年4月5日`, `年 月 日`: the day of a signature where an amount would stand.
pub fn is_written_day(shown: &str) -> bool {
    shown.trim_end().ends_with('日') && {
        let text = compact(shown);
        let rest = text.trim_start_matches("日期").trim_start_matches([':', '：']);
        rest.contains('月') && rest.chars().all(|c| c.is_ascii_digit() || matches!(c, '年' | '月' | '日'))
    }
}

/// `星期一`, `周六`, `日`.
pub fn is_weekday(shown: &str) -> bool {
    matches!(shown.trim_start_matches("星期").trim_start_matches('周'), "一" | "二" | "三" | "四" | "五" | "六" | "日")
}

/// Columns among which a template marks its sample row.
pub const SAMPLE_COLUMNS: usize = 6;

/// The sample row of a template, left in: 示例, 例：….
pub fn is_sample(shown: &str) -> bool {
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
pub fn is_legend(shown: &str) -> bool {
    matches!(compact(shown).as_ref(), "图例" | "符号" | "考勤符号" | "填表说明" | "说明")
}

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
