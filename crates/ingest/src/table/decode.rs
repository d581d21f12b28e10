//! Bytes to text, strictly (file-formats.md §14, quirk 1).

use std::borrow::Cow;

use encoding_rs::{DecoderResult, Encoding, GB18030, UTF_8};

use crate::FileProblem;

/// BOM, then UTF-8, then GB18030. Bad bytes are never replaced; a file of old Macs ends its lines as all others do.
pub fn decode(bytes: &[u8]) -> Result<Cow<'_, str>, FileProblem> {
    let text = match Encoding::for_bom(bytes) {
        Some((encoding, skip)) => whole(strict(encoding, &bytes[skip..]).ok_or_else(|| cut_short(encoding)))?,
        None => whole(strict(UTF_8, bytes).or_else(|| strict(GB18030, bytes)).ok_or_else(|| undecodable(bytes)))?,
    };
    let mac = memchr::memchr(b'\n', text.as_bytes()).is_none() && memchr::memchr(b'\r', text.as_bytes()).is_some();
    Ok(if mac { Cow::Owned(text.replace('\r', "\n")) } else { text })
}

/// As [`decode()`], for pages and XML that name their encoding; bytes that are UTF-8 are never another one.
pub fn decode_declared(bytes: &[u8]) -> Result<Cow<'_, str>, FileProblem> {
    let declared = declared(&bytes[..bytes.len().min(4096)]).filter(|_| Encoding::for_bom(bytes).is_none());
    match declared {
        Some(encoding) => whole(
            strict(UTF_8, bytes).or_else(|| strict(encoding, bytes)).or_else(|| strict(GB18030, bytes)).ok_or_else(|| undecodable(bytes)),
        ),
        None => decode(bytes),
    }
}

/// What stands behind `charset=` or `encoding=`; GB2312 and GBK mean GB18030.
fn declared(head: &[u8]) -> Option<&'static Encoding> {
    let head = head.to_ascii_lowercase();
    let label = [&b"charset="[..], b"encoding="].iter().find_map(|key| {
        let rest = &head[memchr::memmem::find(&head, key)? + key.len()..];
        let rest = rest.trim_ascii_start();
        let rest = rest.strip_prefix(b"\"").or_else(|| rest.strip_prefix(b"'")).unwrap_or(rest);
        Some(&rest[..rest.iter().position(|b| !b.is_ascii_alphanumeric() && !matches!(b, b'-' | b'_')).unwrap_or(rest.len())])
    })?;
    Encoding::for_label(label).map(|encoding| if encoding == encoding_rs::GBK { GB18030 } else { encoding })
}

const SAVE_AGAIN: &str = "请在 Excel 或 WPS 中另存为“CSV UTF-8”或 .xlsx 后重新提供";

fn undecodable(bytes: &[u8]) -> FileProblem {
    let line = undecodable_line(bytes);
    FileProblem::new(format!("第 {line} 行的文字无法辨认：编码既不是 UTF-8 也不是 GB18030，或文件没有传完"), SAVE_AGAIN)
}

fn cut_short(encoding: &'static Encoding) -> FileProblem {
    FileProblem::new(
        format!("文件标明是 {} 文本，其中却有残缺的字符，可能没有传完", encoding.name()),
        "请从原系统重新导出或重新下载后再提供",
    )
}

/// Text without bytes lost on the way, or what is wrong with it.
fn whole(text: Result<Cow<'_, str>, FileProblem>) -> Result<Cow<'_, str>, FileProblem> {
    let text = text?;
    if let Some(at) = memchr::memmem::find(text.as_bytes(), "\u{fffd}".as_bytes()) {
        let line = 1 + memchr::memchr_iter(b'\n', &text.as_bytes()[..at]).count();
        return Err(FileProblem::new(
            format!("第 {line} 行含有已损坏的文字（替换符 �），原文在导出时已丢失"),
            "请从原系统重新导出，不要经过会改变编码的软件",
        ));
    }
    if let Some(at) = memchr::memchr(0, text.as_bytes()) {
        let line = 1 + memchr::memchr_iter(b'\n', &text.as_bytes()[..at]).count();
        return Err(FileProblem::new(
            format!("第 {line} 行含有空字节（NUL），不是完整的文本，可能传输中断或存储损坏"),
            "请从原系统重新导出后再提供",
        ));
    }
    Ok(text)
}

/// Line of the first byte that neither UTF-8 nor GB18030 explains: the encoding that gets further is the likelier one.
fn undecodable_line(bytes: &[u8]) -> usize {
    let readable = |encoding: &'static Encoding| {
        let (mut decoder, mut room, mut read) = (encoding.new_decoder_without_bom_handling(), [0; 4096], 0);
        loop {
            let (result, used, _) = decoder.decode_to_utf8_without_replacement(&bytes[read..], &mut room, true);
            read += used;
            match result {
                DecoderResult::OutputFull => {}
                DecoderResult::InputEmpty => return read,
                DecoderResult::Malformed(length, behind) => return read.saturating_sub(usize::from(length) + usize::from(behind)),
            }
        }
    };
    let at = readable(UTF_8).max(readable(GB18030));
    1 + memchr::memchr_iter(b'\n', &bytes[..at]).count()
}

fn strict<'a>(encoding: &'static Encoding, bytes: &'a [u8]) -> Option<Cow<'a, str>> {
    encoding.decode_without_bom_handling_and_without_replacement(bytes)
}

#[cfg(test)]
mod tests {
    use super::{decode, decode_declared};

    #[test]
    fn each_encoding_gives_the_same_text() {
        let text = "姓名,䶮\n";
        let gb = encoding_rs::GB18030.encode(text).0.into_owned();
        let utf16: Vec<u8> = [0xFF, 0xFE].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect();
        let bom = [b"\xEF\xBB\xBF", text.as_bytes()].concat();
        let mac = text.replace('\n', "\r");
        for bytes in [text.as_bytes(), &gb, &utf16, &bom, mac.as_bytes()] {
            assert_eq!(decode(bytes).unwrap(), text);
        }
    }

    #[test]
    fn a_declared_encoding_counts_unless_the_bytes_are_utf_8() {
        let page = "<meta charset=\"GB2312\">农民工䶮";
        assert_eq!(decode_declared(page.as_bytes()).unwrap(), page);
        assert_eq!(decode_declared(&encoding_rs::GB18030.encode(page).0).unwrap(), page);
        let big5 = "<?xml encoding='Big5'?>農民工";
        assert_eq!(decode_declared(&encoding_rs::BIG5.encode(big5).0).unwrap(), big5);
    }

    #[test]
    fn bad_bytes_and_replacement_characters_are_refused() {
        assert!(decode(b"\xE5\xA7\x93\xFF\xFF,1\n").is_err());
        let problem = decode("姓名\n测\u{fffd}\n".as_bytes()).unwrap_err();
        assert!(problem.what.contains("第 2 行"), "{problem:?}");
        let problem = decode(b"a\nb\nc\0\n").unwrap_err();
        assert!(problem.what.contains("第 3 行含有空字节"), "{problem:?}");
    }
}
