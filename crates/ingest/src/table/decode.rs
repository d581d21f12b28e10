//! Bytes to text, strictly (file-formats.md §14, quirk 1).

use std::borrow::Cow;

use encoding_rs::{Encoding, GB18030, UTF_8};

use crate::FileProblem;

/// BOM, then UTF-8, then GB18030. Bad bytes are never replaced.
pub fn decode(bytes: &[u8]) -> Result<Cow<'_, str>, FileProblem> {
    let text = match Encoding::for_bom(bytes) {
        Some((encoding, skip)) => strict(encoding, &bytes[skip..]),
        None => strict(UTF_8, bytes).or_else(|| strict(GB18030, bytes)),
    };
    let Some(text) = text else {
        return Err(FileProblem::new(
            "文件编码既不是 UTF-8 也不是 GB18030，无法辨认其中的文字",
            "请在 Excel 或 WPS 中另存为“CSV UTF-8”或 .xlsx 后重新提供",
        ));
    };
    if let Some(at) = memchr::memmem::find(text.as_bytes(), "\u{fffd}".as_bytes()) {
        let line = 1 + memchr::memchr_iter(b'\n', &text.as_bytes()[..at]).count();
        return Err(FileProblem::new(
            format!("第 {line} 行含有已损坏的文字（替换符 �），原文在导出时已丢失"),
            "请从原系统重新导出，不要经过会改变编码的软件",
        ));
    }
    Ok(text)
}

fn strict<'a>(encoding: &'static Encoding, bytes: &'a [u8]) -> Option<Cow<'a, str>> {
    encoding.decode_without_bom_handling_and_without_replacement(bytes)
}

#[cfg(test)]
mod tests {
    use super::decode;

    #[test]
    fn each_encoding_gives_the_same_text() {
        let text = "姓名,䶮\n";
        let gb = encoding_rs::GB18030.encode(text).0.into_owned();
        let utf16: Vec<u8> = [0xFF, 0xFE].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect();
        let bom = [b"\xEF\xBB\xBF", text.as_bytes()].concat();
        for bytes in [text.as_bytes(), &gb, &utf16, &bom] {
            assert_eq!(decode(bytes).unwrap(), text);
        }
    }

    #[test]
    fn bad_bytes_and_replacement_characters_are_refused() {
        assert!(decode(b"\xE5\xA7\x93\xFF\xFF,1\n").is_err());
        let problem = decode("姓名\n测\u{fffd}\n".as_bytes()).unwrap_err();
        assert!(problem.what.contains("第 2 行"), "{problem:?}");
    }
}
