//! `anxin rules`.

use rules::law::Law;
use serde_json::json;

use crate::cli::{DONE, Global, Usage, load_config};
use crate::output::{self, Format};

#[derive(Debug, clap::Subcommand)]
pub enum RulesCommand {
    /// 列出规则及所用标准
    List,
    /// 说明一条规则：查什么、为什么、依据、不算的情形、怎么改
    Explain {
        /// 规则，如 account.not_opened
        #[arg(value_name = "规则")]
        id: String,
    },
    /// 规则手册（Markdown）：全部规则的说明和现行标准
    Manual,
    /// 回放：把改过的标准用在过去几个月，看会多出和减少哪些问题、哪些文书；不写入、不发送
    Replay(super::rules_replay::ReplayArgs),
}

impl RulesCommand {
    /// Whether it looks at the county's data, not only at the configuration.
    pub fn needs_data(&self) -> bool {
        matches!(self, Self::Replay(_))
    }
}

pub fn run(command: &RulesCommand, global: &Global) -> anyhow::Result<u8> {
    let config = load_config(global)?;
    match command {
        RulesCommand::List if global.format == Format::Json => list_json(&config.law)?,
        RulesCommand::List => list(&config.law)?,
        RulesCommand::Explain { id } => {
            let rule = rules::find(id).ok_or_else(|| Usage(format!("没有规则 `{id}`；用 anxin rules list 查看")))?;
            output::line(rule.meta().explain)?;
            for parameter in config.law.of_rule(id) {
                output::line(&parameter.to_string())?;
            }
        }
        RulesCommand::Manual => output::write_all(rules::manual(&config.law).as_bytes())?,
        // Runs with the data (`rules_replay`).
        RulesCommand::Replay(_) => {}
    }
    Ok(DONE)
}

fn list_json(law: &Law) -> anyhow::Result<()> {
    for rule in rules::CATALOGUE.iter() {
        let meta = rule.meta();
        let used = law.of_rule(meta.id);
        // The file an admin edits; a rule without figures still belongs to its family's file.
        let family = meta.id.split('.').next().unwrap_or_default();
        let file = used.first().map_or_else(|| format!("rules/{family}.toml"), |p| p.file.clone());
        let parameters: Vec<_> = used
            .into_iter()
            .map(|p| {
                let values: Vec<_> = p.values.iter().map(|v| json!(v)).collect();
                json!({
                    "name": p.name, "title": p.title, "unit": p.unit.code(), "checked_on": p.checked_on, "policy": p.policy,
                    "confirmed": p.confirmed, "values": values, "file": p.file,
                })
            })
            .collect();
        let needs: Vec<_> = meta.needs.iter().map(|d| d.code()).collect();
        output::json_line(&json!({
            "id": meta.id, "name": meta.name, "file": file, "since": meta.since, "basis": meta.basis, "needs": needs, "parameters": parameters,
        }))?;
    }
    Ok(())
}

fn list(law: &Law) -> anyhow::Result<()> {
    let rows = rules::CATALOGUE
        .iter()
        .map(|rule| {
            let meta = rule.meta();
            let figures: Vec<String> = law.of_rule(meta.id).into_iter().map(ToString::to_string).collect();
            vec![meta.id.to_owned(), meta.name.to_owned(), meta.basis.join("\n"), figures.join("\n")]
        })
        .collect();
    output::table(&["规则", "事项", "依据", "标准"], rows)
}
