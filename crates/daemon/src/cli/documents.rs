//! `anxin documents`.

use std::path::PathBuf;

use model::DocumentId;
use model::document::Document;
use serde_json::json;
use store::StoredDocument;

use crate::app::App;
use crate::cli::DONE;
use crate::output::{self, Format};

#[derive(Debug, clap::Subcommand)]
pub enum DocumentsCommand {
    /// 列出文书
    List,
    /// 显示一份文书
    Show {
        /// 文书的内部编号
        #[arg(value_name = "编号")]
        number: i64,
        /// 把文书（PDF）和明细（XLSX）写到目录
        #[arg(long, value_name = "目录")]
        save: Option<PathBuf>,
    },
}

pub async fn run(app: &App, command: &DocumentsCommand, format: Format) -> anyhow::Result<u8> {
    match command {
        DocumentsCommand::List => list(app, format).await,
        DocumentsCommand::Show { number, save } => show(app, DocumentId(*number), save.as_deref(), format).await,
    }
}

async fn list(app: &App, format: Format) -> anyhow::Result<u8> {
    let documents = app.store.list_documents().await?;
    if format == Format::Json {
        for stored in &documents {
            output::json_line(&summary(stored))?;
        }
        return Ok(DONE);
    }
    let rows = documents.iter().map(|stored| row(&stored.document)).collect();
    output::table(&["编号", "种类", "文号", "项目", "收件单位", "状态", "事项", "期限"], rows)?;
    output::line(&format!("共 {} 份", documents.len()))?;
    Ok(DONE)
}

fn row(document: &Document) -> Vec<String> {
    vec![
        document.id.to_string(),
        document.kind.chinese().to_owned(),
        document.number.clone().unwrap_or_default(),
        format!("{}\n{}", document.project, document.project_name),
        document.addressee.name.clone(),
        document.status.chinese().to_owned(),
        document.items.iter().map(|item| item.title.as_str()).collect::<Vec<_>>().join("、"),
        document.due.to_string(),
    ]
}

fn summary(stored: &StoredDocument) -> serde_json::Value {
    let document = &stored.document;
    let items: Vec<_> = document
        .items
        .iter()
        .map(|item| json!({ "rule": item.rule, "title": item.title, "severity": item.severity, "findings": item.findings.len() }))
        .collect();
    json!({
        "id": document.id, "kind": document.kind.code(), "number": document.number, "project": document.project,
        "addressee": document.addressee.name, "status": document.status.code(), "severity": document.severity, "items": items,
        "due": document.due, "files": stored.files.iter().map(|f| f.name.as_str()).collect::<Vec<_>>(),
    })
}

async fn show(app: &App, id: DocumentId, save: Option<&std::path::Path>, format: Format) -> anyhow::Result<u8> {
    let stored =
        app.store.find_document(id).await?.ok_or_else(|| anyhow::anyhow!("没有编号为 {id} 的文书；用 anxin documents list 查看"))?;
    if let Some(dir) = save {
        save_files(&stored, dir)?;
    }
    if format == Format::Json {
        let mut value = summary(&stored);
        value["document"] = serde_json::to_value(&stored.document)?;
        output::json_line(&value)?;
        return Ok(DONE);
    }
    let document = &stored.document;
    output::line(&format!(
        "{} {}\n收件单位：{}\n项目：{} {}\n状态：{}　日期：{}　期限：{}（{}）",
        document.kind.chinese(),
        document.number.as_deref().unwrap_or("（未编号）"),
        document.addressee.name,
        document.project,
        document.project_name,
        document.status.chinese(),
        document.dated,
        document.due,
        document.due_counted
    ))?;
    for (at, item) in document.items.iter().enumerate() {
        output::line(&format!("{}. {}（{}）", at + 1, item.title, output::severity(Some(item.severity))))?;
        for fact in &item.facts {
            output::line(&format!("   {fact}"))?;
        }
        output::line(&format!("   依据：{}\n   要求：{}", item.articles.join("；"), item.remedy))?;
    }
    for file in &stored.files {
        output::line(&format!("附件：{}（{} KB）", file.name, file.bytes.len().div_ceil(1024)))?;
    }
    Ok(DONE)
}

/// Writes a document's files into a directory. People asked for them, so they are plain.
pub fn save_files(stored: &StoredDocument, dir: &std::path::Path) -> anyhow::Result<()> {
    std::fs::create_dir_all(dir)?;
    for file in &stored.files {
        std::fs::write(dir.join(&file.name), &file.bytes)?;
    }
    Ok(())
}
