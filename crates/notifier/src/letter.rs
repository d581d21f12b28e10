//! A decided document becomes files: the letter as PDF, its evidence as a workbook.

use std::path::PathBuf;

use model::document::{Document, DocumentStatus};
use store::DocumentFile;
use typeset::{Substitute, Typesetter};

use crate::config::Office;
use crate::notices::{self, LetterContext, NOTICES};
use crate::{NotifierError, evidence};

/// Characters of the addressee in a file name: 30 Chinese characters are 90 bytes of the 255 a name may have.
const NAME_IN_FILE: usize = 30;

const PDF: &str = "application/pdf";
const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// The files of one letter.
#[derive(Debug, Clone)]
pub struct Rendered {
    /// Letter (PDF), then evidence (XLSX).
    pub files: Vec<DocumentFile>,
    pub pages: usize,
    /// In Chinese: characters without glyph, fonts that stand in for others.
    pub warnings: Vec<String>,
}

/// Writes letters. Fonts and templates are loaded once; several threads may use it.
pub struct Typist {
    office: Office,
    typesetter: Typesetter,
}

impl Typist {
    /// `font_dirs`: folders or files searched before those of the system.
    pub fn new(office: Office, font_dirs: &[PathBuf]) -> Result<Self, NotifierError> {
        let mut templates = notices::COMMON.to_vec();
        templates.extend(NOTICES.iter().map(|notice| notice.template()));
        Ok(Self { office, typesetter: Typesetter::new(font_dirs, &templates)? })
    }

    /// One Chinese sentence for each official typeface another font stands in for; for `doctor` and the first start.
    pub fn substitutes(&self) -> Vec<String> {
        let told = |s: &Substitute| format!("没有安装{}，以 {} 代替", s.role.chinese(), s.used);
        self.typesetter.substitutes().iter().map(told).collect()
    }

    /// The same document gives the same bytes.
    pub fn letter(&self, document: &Document) -> Result<Rendered, NotifierError> {
        let (template, _) = notices::notice(document.kind).template();
        let context = LetterContext::new(document, &self.office);
        let ident = format!("{}/{}", document.uid, document.status.code());
        let pdf = self.typesetter.render(template, &context, &ident)?;
        let workbook = evidence::workbook(document, document.dated)?;
        let base = base_name(document);
        let files = vec![
            DocumentFile { name: format!("{base}.pdf"), media_type: PDF.to_owned(), bytes: pdf.bytes },
            DocumentFile { name: format!("证据明细-{base}.xlsx"), media_type: XLSX.to_owned(), bytes: workbook },
        ];
        Ok(Rendered { files, pages: pdf.pages, warnings: pdf.warnings })
    }
}

/// `风险提示函-99999920240101001-测试建筑有限公司`; what file systems refuse is replaced.
fn base_name(document: &Document) -> String {
    let draft = if document.status == DocumentStatus::Draft { "（草稿）" } else { "" };
    let addressee: String = document.addressee.name.chars().take(NAME_IN_FILE).collect();
    let name = format!("{}{draft}-{}-{addressee}", document.kind.chinese(), document.project);
    name.chars().map(|c| if c.is_control() || r#"\/:*?"<>|"#.contains(c) { '_' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::notices::samples;

    #[test]
    fn file_names_carry_nothing_a_file_system_refuses() {
        let (_, mut document) = samples::risk_notices().remove(0);
        document.addressee.name = "甲/乙\\丙:丁*公司".to_owned();
        assert_eq!(base_name(&document), "风险提示函-99999920240101001-甲_乙_丙_丁_公司");
    }
}
