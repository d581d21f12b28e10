//! What a zip holds (a workbook, or many files), and whether it may be unpacked at all.

use std::io::{self, Cursor, Read};

use zip::ZipArchive;

use super::Limits;
use crate::FileProblem;

/// Smaller parts may be pressed as tightly as they like.
const RATIO_FROM: u64 = 16 << 20;
/// Deflate makes at most this much of one byte.
const MOST_PRESSED: u64 = 1_032;

pub enum Package {
    Xlsx,
    Ods,
    Archive,
    /// A document that is no table: what it is.
    Other(&'static str),
}

pub fn open<B: AsRef<[u8]>>(bytes: B) -> Result<ZipArchive<Cursor<B>>, FileProblem> {
    ZipArchive::new(Cursor::new(bytes)).map_err(|_| damaged())
}

pub fn damaged() -> FileProblem {
    FileProblem::new("文件已损坏，打不开：压缩格式的目录缺失或不完整（可能没有传完）", "请重新下载或另存后再提供")
}

/// Tells workbooks from archives by what they hold.
pub fn package<B: AsRef<[u8]>>(zip: &mut ZipArchive<Cursor<B>>) -> Package {
    let has = |zip: &ZipArchive<_>, prefix: &[u8]| zip.file_names_raw().any(|name| name.starts_with(prefix));
    let mut mimetype = String::new();
    if let Ok(entry) = zip.by_name("mimetype") {
        // A damaged or foreign entry of this name says nothing.
        let _ = entry.take(100).read_to_string(&mut mimetype);
    }
    if mimetype.starts_with("application/vnd.oasis.opendocument.spreadsheet") {
        Package::Ods
    } else if mimetype.starts_with("application/vnd.oasis.opendocument") {
        Package::Other("文字或演示文档（OpenDocument）")
    } else if !has(zip, b"[Content_Types].xml") {
        Package::Archive
    } else if has(zip, b"xl/workbook.bin") {
        Package::Other("二进制工作簿（.xlsb）")
    } else if has(zip, b"word/") {
        Package::Other("Word 文档")
    } else if has(zip, b"ppt/") {
        Package::Other("演示文稿")
    } else {
        Package::Xlsx
    }
}

/// Refuses a workbook that would unpack to more than it may, before anything is unpacked for good.
pub fn check_expansion(zip: &mut ZipArchive<Cursor<&[u8]>>, limits: &Limits) -> Result<(), FileProblem> {
    let (mut declared, mut pressed) = (0_u64, 0_u64);
    for at in 0..zip.len() {
        let entry = zip.by_index_raw(at).map_err(|_| damaged())?;
        if entry.encrypted() {
            return Err(super::encrypted());
        }
        check_ratio(entry.size(), entry.compressed_size(), limits)?;
        declared = declared.saturating_add(entry.size());
        pressed = pressed.saturating_add(entry.compressed_size());
    }
    if declared > limits.expanded_bytes {
        return Err(too_large(limits));
    }
    // The directory may lie; unless even the tightest pressing stays within the limit, it is tried.
    if pressed.saturating_mul(MOST_PRESSED) <= limits.expanded_bytes {
        return Ok(());
    }
    let mut total = 0;
    for at in 0..zip.len() {
        let Ok(entry) = zip.by_index(at) else { continue };
        total += io::copy(&mut entry.take(limits.expanded_bytes - total + 1), &mut io::sink()).map_err(|_| damaged())?;
        if total > limits.expanded_bytes {
            return Err(too_large(limits));
        }
    }
    Ok(())
}

pub fn check_ratio(size: u64, pressed: u64, limits: &Limits) -> Result<(), FileProblem> {
    if size > RATIO_FROM && size / limits.expansion_ratio.max(1) > pressed {
        return Err(FileProblem::new(
            format!("解压后是压缩前的 {} 倍以上，像是专为撑爆磁盘制作的“压缩炸弹”，没有打开", limits.expansion_ratio),
            "请确认文件来源；确是正常文件的，请解压或另存为 .csv 后重新提供",
        ));
    }
    Ok(())
}

pub fn too_large(limits: &Limits) -> FileProblem {
    FileProblem::new(
        format!("解压后超过 {} MB，没有打开", limits.expanded_bytes >> 20),
        "请删去空白行列和图片，或按月份分成几个文件后重新提供",
    )
}
