//! The kind of a file by its first bytes (file-formats.md §14, quirk 2).

pub enum Kind {
    Text,
    /// Workbook or archive.
    Zip,
    /// Workbook of old, or a locked one.
    Compound,
    Html,
    Xml2003,
    Empty,
    /// What it is, and how to mend it.
    Other(&'static str, &'static str),
}

pub fn kind(bytes: &[u8]) -> Kind {
    const TABLE: &str = "请在 Excel 或 WPS 中另存为 .xlsx 或 .csv 后重新提供";
    let head = &bytes[..bytes.len().min(4096)];
    let starts = |magic: &[u8]| head.starts_with(magic);
    let utf16 = starts(&[0xFF, 0xFE]) || starts(&[0xFE, 0xFF]);
    if bytes.iter().all(u8::is_ascii_whitespace) {
        Kind::Empty
    } else if starts(b"PK\x03\x04") {
        Kind::Zip
    } else if starts(&[0xD0, 0xCF, 0x11, 0xE0]) {
        Kind::Compound
    } else if starts(b"%PDF") {
        Kind::Other("这是 PDF 文件，不是表格", "请向对方索取电子表格（.xlsx 或 .csv），不要扫描件")
    } else if starts(b"PK") {
        Kind::Other("这是空的或分卷的压缩包", "请重新打包成一个 .zip，或先解压再导入其中的文件")
    } else if starts(b"Rar!") || starts(b"7z\xBC\xAF") || starts(&[0x1F, 0x8B]) {
        Kind::Other("这是 RAR、7z 或 gzip 压缩包，无法读取", "请先解压，再导入其中的文件；或改用 .zip")
    } else if starts(b"\x89PNG") || starts(b"\xFF\xD8\xFF") || starts(b"GIF8") || starts(b"BM") && head.contains(&0) {
        Kind::Other("这是图片，不是表格", "请向对方索取电子表格（.xlsx 或 .csv）")
    } else if starts(b"MIME-Version:") {
        Kind::Other("这是“单个文件网页”（.mht），无法读取", TABLE)
    } else if let Some(markup) = markup(head, utf16) {
        markup
    } else if !utf16 && head.contains(&0) {
        Kind::Other("这不是能识别的表格文件，或是没有标记的 UTF-16 文本", TABLE)
    } else {
        Kind::Text
    }
}

/// What pages begin with.
const TAGS: [&[u8]; 13] = [
    b"<html",
    b"<!doctype html",
    b"<!--",
    b"<table",
    b"<meta",
    b"<style",
    b"<head",
    b"<body",
    b"<div",
    b"<center",
    b"<p>",
    b"<br",
    b"<font",
];

fn markup(head: &[u8], utf16: bool) -> Option<Kind> {
    // Enough to see ASCII tags in UTF-16.
    let narrow: Vec<u8> = if utf16 { head[2..].iter().copied().filter(|b| *b != 0).collect() } else { head.to_vec() };
    let head = narrow.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&narrow).trim_ascii_start().to_ascii_lowercase();
    let has = |needle: &[u8]| memchr::memmem::find(&head, needle).is_some();
    if head.starts_with(b"<?xml") {
        return Some(if has(b"urn:schemas-microsoft-com:office:spreadsheet") {
            Kind::Xml2003
        } else if has(b"<html") || has(b"<table") {
            Kind::Html
        } else {
            Kind::Other("这是 XML 文件，但不是 Excel 的 XML 表格", "请在 Excel 或 WPS 中另存为 .xlsx 或 .csv 后重新提供")
        });
    }
    TAGS.iter().any(|tag| head.starts_with(tag)).then_some(Kind::Html)
}

#[cfg(test)]
mod tests {
    use super::{Kind, kind};

    #[test]
    fn the_kind_follows_the_first_bytes() {
        assert!(matches!(kind(b"a,b\n1,2\n"), Kind::Text));
        assert!(matches!(kind(b"\xFF\xFEa\0"), Kind::Text));
        assert!(matches!(kind(b"PK\x03\x04..."), Kind::Zip));
        assert!(matches!(kind(b" \r\n"), Kind::Empty));
        assert!(matches!(kind(b"<html><table>"), Kind::Html));
        assert!(matches!(kind(b"\xFF\xFE<\0t\0a\0b\0l\0e\0"), Kind::Html));
        assert!(matches!(kind(b"<?xml version=\"1.0\"?><Workbook xmlns=\"urn:schemas-microsoft-com:office:spreadsheet\">"), Kind::Xml2003));
        for other in [&b"%PDF-1.7"[..], b"\xEF\xBB\xBF<?xml version", b"\x89PNG\r\n", b"\x1F\x8B\x08", b"a\0b"] {
            assert!(matches!(kind(other), Kind::Other(..)), "{other:?}");
        }
    }
}
