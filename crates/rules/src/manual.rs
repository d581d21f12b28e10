//! The manual of all rules, from what the rules say of themselves and the figures in force.

use model::Dataset;

use crate::catalogue::CATALOGUE;
use crate::law::Law;
use crate::rule::Meta;

const FAMILIES: [(&str, &str); 6] = [
    ("deposit", "工资保证金"),
    ("account", "农民工工资专用账户"),
    ("payroll", "工资支付"),
    ("realname", "实名制"),
    ("platform", "监控预警平台"),
    ("site", "现场与合同"),
];

const OPENING: &str = "# 规则手册

本手册由 `anxin rules manual` 生成，内容就是程序现在执行的规则；数值在 `config/rules/` 中修改，每个数值都有出处和生效日期，按事情发生那天有效的数值判断。

## 怎样读

- **结论有三种**：违规、正常、无法判断。数据没有收到、来源没有这一栏、数据太旧、当时没有生效的标准，一律是“无法判断”，不会当作违规，也不会发函。
- **期限**：从事情发生的次日起数；到期当天不算逾期，次日起算。工作日按国务院放假安排，计入调休上班日；日历日和月的最后一天遇休息日顺延。
- **等级**：提示——发风险提示函；责令改正——拟限期改正指令书草稿，须经两名执法人员核实、签发；立即处理——不发函，立即由人处理。
- **对象**：结论针对项目（有的按月，有的按账户、保函、结算节点），不针对个人；涉及的人员只计人数，名单隐去号码，供核对。
- **为什么是这个结论**：`anxin explain 结论`；**为什么没有违规**：`anxin explain --rule 规则 --project 项目编码 [--month 月份]`。
- **改标准之前**：`anxin rules replay --config 目录` 先看会多出、减少哪些问题。

";

/// Markdown, in the order of the catalogue.
pub fn manual(law: &Law) -> String {
    let mut text = OPENING.to_owned();
    text.push_str("## 目录\n\n| 类别 | 规则 | 事项 |\n| --- | --- | --- |\n");
    for rule in CATALOGUE.iter() {
        let meta = rule.meta();
        text.push_str(&format!("| {} | `{}` | [{}](#{}) |\n", family(meta.id), meta.id, meta.name, anchor(meta)));
    }
    let mut last = "";
    for rule in CATALOGUE.iter() {
        let meta = rule.meta();
        if family(meta.id) != last {
            last = family(meta.id);
            text.push_str(&format!("\n## {last}\n"));
        }
        text.push_str(&chapter(meta, law));
    }
    text
}

fn family(id: &str) -> &'static str {
    FAMILIES.iter().find(|(code, _)| id.split('.').next() == Some(code)).map_or("", |(_, name)| name)
}

fn anchor(meta: &Meta) -> String {
    format!("{}-{}", meta.name, meta.id.replace('.', "")).to_lowercase()
}

fn chapter(meta: &Meta, law: &Law) -> String {
    let needs: Vec<&str> = meta.needs.iter().map(|dataset: &Dataset| dataset.chinese()).collect();
    let mut text = format!("\n### {} {}\n\n", meta.name, meta.id);
    text.push_str(&format!("依据：{}。\n\n需要的数据：{}；从未收到其中任何一种的，无法判断。\n", meta.basis.join("、"), needs.join("、")));
    // The page of the rule, its headings two steps lower, without its own title.
    for line in meta.explain.lines().filter(|line| !line.starts_with("# ")) {
        if line.starts_with('#') {
            text.push_str("##");
        }
        text.push_str(line);
        text.push('\n');
    }
    text.push_str("\n#### 现行标准\n\n");
    for parameter in law.of_rule(meta.id) {
        let file = parameter.file.rsplit('/').next().unwrap_or_default();
        text.push_str(&format!("- {parameter}　`{}`（rules/{file}）\n", parameter.name));
    }
    text.push_str(&format!("\n#### 后果\n\n{}\n", meta.consequence));
    text
}
