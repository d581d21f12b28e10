//! Template text, typed input and fonts become a PDF. The only crate that knows typst.
//!
//! Refuses: what a letter says, the network, the system clock, fonts searched anew for every letter.

mod coverage;
mod fonts;

pub use fonts::{Role, Substitute};

use std::path::{Path, PathBuf};

use serde::Serialize;
use typst::diag::SourceDiagnostic;
use typst::foundations::{Dict, Smart, Value};
use typst_as_lib::{TypstAsLibError, TypstEngine, TypstTemplateCollection};
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards};

use coverage::Coverage;
use fonts::Library;

/// Compilations after which a memoised layout is forgotten: letters differ, only fonts and shared blocks repeat.
const CACHE_AGE: usize = 3;

#[derive(Debug, thiserror::Error)]
pub enum TypesetError {
    #[error(
        "找不到可用的中文字体（已查找：{}）。请安装：apt-get install fonts-noto-cjk；或把字体文件所在的文件夹写入配置项 font_dirs",
        searched.iter().map(|p| p.display().to_string()).collect::<Vec<_>>().join("、")
    )]
    NoChineseFont { searched: Vec<PathBuf> },
    #[error("配置的字体位置 {} 读不了；请检查配置项 font_dirs 的路径和读取权限", path.display())]
    FontPath {
        path: PathBuf,
        #[source]
        cause: std::io::Error,
    },
    #[error("文书模板 {template} 的输入无法转换")]
    Input {
        template: String,
        #[source]
        cause: serde_json::Error,
    },
    #[error("文书模板 {template} 排版出错：{message}")]
    Template { template: String, message: String },
    #[error("文书模板 {template} 写成 PDF 时出错：{message}")]
    Export { template: String, message: String },
}

impl TypesetError {
    /// Whether a later attempt may succeed with nobody intervening. None of these: fonts and templates stay as they are.
    pub fn is_transient(&self) -> bool {
        match self {
            Self::NoChineseFont { .. } | Self::FontPath { .. } | Self::Input { .. } | Self::Template { .. } | Self::Export { .. } => false,
        }
    }
}

/// A finished document.
#[derive(Debug, Clone)]
pub struct Pdf {
    pub bytes: Vec<u8>,
    pub pages: usize,
    /// In Chinese, for the person who looks after the installation; no personal data.
    pub warnings: Vec<String>,
}

/// Templates and fonts, loaded once; letters may be set from several threads.
pub struct Typesetter {
    engine: TypstEngine<TypstTemplateCollection>,
    coverage: Coverage,
    families: Value,
    substitutes: Vec<Substitute>,
}

impl Typesetter {
    /// Loads fonts from `font_paths` (files or folders, searched first) and the usual places of the system;
    /// `templates` are pairs of file name and text and may import each other.
    pub fn new(font_paths: &[PathBuf], templates: &[(&'static str, &'static str)]) -> Result<Self, TypesetError> {
        let library = Library::load(font_paths, Path::new("/"))?;
        let families = library.families();
        let coverage = Coverage::of(&library.fonts);
        let engine = TypstEngine::builder()
            .fonts(library.fonts)
            .with_static_source_file_resolver(templates.iter().copied())
            .comemo_evict_max_age(Some(CACHE_AGE))
            .build();
        Ok(Self { engine, coverage, families, substitutes: library.substitutes })
    }

    /// Which official typeface is printed in which other one.
    pub fn substitutes(&self) -> &[Substitute] {
        &self.substitutes
    }

    /// Sets `template` with `input` as `sys.inputs.data`. The same input gives the same bytes;
    /// `ident` names the document in the file's identifier.
    pub fn render(&self, template: &str, input: &impl Serialize, ident: &str) -> Result<Pdf, TypesetError> {
        let failed = |cause| TypesetError::Input { template: template.to_owned(), cause };
        let mut data = serde_json::to_value(input).map_err(failed)?;
        let mut warnings = self.coverage.make_printable(&mut data);
        let data: Value = serde_json::from_value(data).map_err(failed)?;

        let mut inputs = Dict::new();
        inputs.insert("data".into(), data);
        inputs.insert("fonts".into(), self.families.clone());
        let compiled = self.engine.compile_with_input(template, inputs);
        warnings.extend(compiled.warnings.iter().map(|w| format!("模板 {template}：{}", w.message)));
        let document =
            compiled.output.map_err(|cause| TypesetError::Template { template: template.to_owned(), message: describe(&cause) })?;

        let bytes = match typst_pdf::pdf(&document, &options(ident, archival())) {
            Ok(bytes) => bytes,
            Err(refused) => {
                warnings.push(format!("模板 {template}：不能写成存档格式 PDF/A（{}），已按普通 PDF 写出", join(&refused)));
                typst_pdf::pdf(&document, &options(ident, PdfStandards::default()))
                    .map_err(|cause| TypesetError::Export { template: template.to_owned(), message: join(&cause) })?
            }
        };
        Ok(Pdf { bytes, pages: document.pages().len(), warnings })
    }
}

/// PDF/A-2u: letters go to the bureau's archive; text stays selectable, fonts are embedded.
fn archival() -> PdfStandards {
    PdfStandards::new(&[PdfStandard::A_2u]).unwrap_or_default()
}

fn options(ident: &str, standards: PdfStandards) -> PdfOptions {
    PdfOptions {
        ident: Smart::Custom(ident.to_owned()),
        creator: Smart::Custom(Some("Anxin".to_owned())),
        standards,
        // Structure tags made a letter with 250 persons three times as large.
        tagged: false,
        ..PdfOptions::default()
    }
}

fn describe(error: &TypstAsLibError) -> String {
    match error {
        TypstAsLibError::TypstSource(diagnostics) => join(diagnostics),
        other => other.to_string(),
    }
}

fn join(diagnostics: &[SourceDiagnostic]) -> String {
    let texts: Vec<_> = diagnostics
        .iter()
        .map(|d| {
            let hints = d.hints.iter().map(|h| format!("（{}）", h.v)).collect::<Vec<_>>().concat();
            format!("{}{hints}", d.message)
        })
        .collect();
    texts.join("；")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const PAGE: &str = r#"#let data = sys.inputs.data
#set document(title: "t", date: datetime(year: 2024, month: 1, day: 2))
#set text(font: sys.inputs.fonts.body, lang: "zh", region: "cn")
#data.text"#;

    fn typesetter() -> Typesetter {
        Typesetter::new(&[], &[("page.typ", PAGE), ("wrong.typ", "#sys.inputs.data.nowhere")]).expect("fonts-noto-cjk is installed")
    }

    #[test]
    fn the_same_input_gives_the_same_bytes() {
        let typesetter = typesetter();
        let first = typesetter.render("page.typ", &json!({ "text": "保障农民工工资" }), "a").unwrap();
        let second = typesetter.render("page.typ", &json!({ "text": "保障农民工工资" }), "a").unwrap();
        assert!(first.bytes.starts_with(b"%PDF-"));
        assert_eq!((first.pages, &first.warnings), (1, &Vec::new()));
        assert!(first.bytes == second.bytes);
        assert!(first.bytes.len() < 60_000, "{} bytes: the font is not subset", first.bytes.len());
    }

    #[test]
    fn a_character_without_glyph_is_replaced_and_told() {
        let pdf = typesetter().render("page.typ", &json!({ "text": "测试\u{e863}\u{e863}和\u{3fffd}" }), "a").unwrap();
        assert_eq!(pdf.warnings.len(), 2, "{:?}", pdf.warnings);
        assert!(pdf.warnings[0].contains("U+E863") && pdf.warnings[0].contains("2 处"), "{:?}", pdf.warnings);
    }

    #[test]
    fn an_absent_field_is_an_error_that_names_template_and_field() {
        let error = typesetter().render("wrong.typ", &json!({ "text": "" }), "a").unwrap_err();
        assert!(error.to_string().contains("wrong.typ") && error.to_string().contains("nowhere"), "{error}");
    }

    #[test]
    fn a_wrong_font_path_is_named() {
        let error = Typesetter::new(&[PathBuf::from("/nowhere/fonts")], &[]).err().expect("refused");
        assert!(error.to_string().contains("/nowhere/fonts"), "{error}");
    }
}
