//! Zip archives of many files: entries one after another, so that only one is in memory (file-formats.md §14, quirk 28).
//!
//! Nothing is written to disk. Names that lead out of a folder, links and what unpacks to too much are refused all the same.

use std::io::{Cursor, Read};

use encoding_rs::{GB18030, UTF_8};
use zip::ZipArchive;
use zip::result::ZipError;

use super::package::{self, Package};
use super::{Limits, kind};
use crate::FileProblem;

/// One file of an archive.
#[derive(Debug)]
pub struct Entry {
    /// Path within the archive; those of inner archives stand before it.
    pub name: String,
    pub content: EntryContent,
}

#[derive(Debug)]
pub enum EntryContent {
    File(Vec<u8>),
    /// Nothing anybody hands over: why it was left out.
    Skipped(&'static str),
    Problem(FileProblem),
}

/// Whether the bytes are a zip that holds files, not a workbook.
pub fn is_archive(bytes: &[u8]) -> bool {
    matches!(kind::kind(bytes), kind::Kind::Zip)
        && package::open(bytes).is_ok_and(|mut zip| matches!(package::package(&mut zip), Package::Archive))
}

/// The files of an archive, inner archives unpacked in place.
pub struct Archive<'l> {
    levels: Vec<Level>,
    limits: &'l Limits,
    entries: usize,
    expanded: u64,
}

struct Level {
    zip: ZipArchive<Cursor<Vec<u8>>>,
    next: usize,
    prefix: String,
}

impl<'l> Archive<'l> {
    pub fn open(bytes: Vec<u8>, limits: &'l Limits) -> Result<Self, FileProblem> {
        let level = Level { zip: package::open(bytes)?, next: 0, prefix: String::new() };
        Ok(Self { levels: vec![level], limits, entries: 0, expanded: 0 })
    }

    /// An inner archive, to be unpacked next; or why not.
    fn descend(&mut self, name: &str, bytes: Vec<u8>) -> Option<FileProblem> {
        if self.levels.len() > self.limits.archive_depth {
            let what = format!("压缩包里套了 {} 层以上的压缩包", self.limits.archive_depth);
            return Some(FileProblem::new(what, "请先解压，再导入其中的文件"));
        }
        match package::open(bytes) {
            Ok(zip) => {
                self.levels.push(Level { zip, next: 0, prefix: format!("{name}/") });
                None
            }
            Err(problem) => Some(problem),
        }
    }

    /// Entry `at` of the innermost archive.
    fn take(&mut self, at: usize) -> Option<Result<(String, Vec<u8>), Entry>> {
        let level = self.levels.last_mut()?;
        let (limits, left) = (self.limits, self.limits.expanded_bytes.saturating_sub(self.expanded));
        let (name, refused) = match level.zip.by_index_raw(at) {
            Ok(entry) => {
                let raw = decode_name(entry.name_raw(), entry.flags().as_u16() & 0x0800 != 0);
                let refused = refusal(&raw, entry.encrypted(), entry.is_symlink(), entry.size(), limits, left)
                    .or_else(|| package::check_ratio(entry.size(), entry.compressed_size(), limits).err().map(EntryContent::Problem));
                // Without a name, what is in it would seem to stand outside.
                let raw = if raw.is_empty() { format!("第 {} 个条目", at + 1) } else { raw };
                (format!("{}{raw}", level.prefix), refused)
            }
            Err(_) => (format!("{}第 {} 个条目", level.prefix, at + 1), Some(EntryContent::Problem(package::damaged()))),
        };
        if let Some(content) = refused {
            return Some(Err(Entry { name, content }));
        }
        let mut bytes = Vec::new();
        let most = limits.file_bytes.min(left);
        let read = match level.zip.by_index(at) {
            Ok(entry) => entry.take(most.saturating_add(1)).read_to_end(&mut bytes).map_err(|_| damaged_entry()),
            Err(error) => Err(unreadable(&error)),
        };
        self.expanded = self.expanded.saturating_add(bytes.len() as u64);
        let problem = match read {
            Err(problem) => problem,
            Ok(_) if bytes.len() as u64 > most => too_large(limits),
            Ok(_) => return Some(Ok((name, bytes))),
        };
        Some(Err(Entry { name, content: EntryContent::Problem(problem) }))
    }

    fn next_file(&mut self) -> Option<Result<(String, Vec<u8>), Entry>> {
        loop {
            let level = self.levels.last_mut()?;
            if level.next >= level.zip.len() {
                self.levels.pop();
                continue;
            }
            let at = level.next;
            level.next += 1;
            let folder = level.zip.by_index_raw(at).is_ok_and(|entry| entry.is_dir());
            self.entries += 1;
            if self.entries > self.limits.archive_entries {
                self.levels.clear();
                let what = format!("压缩包里超过 {} 个条目，其余的没有读取", self.limits.archive_entries);
                return Some(Err(Entry {
                    name: "（其余条目）".to_owned(),
                    content: EntryContent::Problem(FileProblem::new(what, "请分成几个压缩包后重新提供")),
                }));
            }
            if !folder {
                return self.take(at);
            }
        }
    }
}

impl Iterator for Archive<'_> {
    type Item = Entry;

    fn next(&mut self) -> Option<Entry> {
        loop {
            match self.next_file()? {
                Err(entry) => return Some(entry),
                Ok((name, bytes)) if is_archive(&bytes) => {
                    if let Some(problem) = self.descend(&name, bytes) {
                        return Some(Entry { name, content: EntryContent::Problem(problem) });
                    }
                }
                Ok((name, bytes)) => return Some(Entry { name, content: EntryContent::File(bytes) }),
            }
        }
    }
}

fn refusal(name: &str, encrypted: bool, link: bool, size: u64, limits: &Limits, left: u64) -> Option<EntryContent> {
    let problem = |what: &'static str, mend: &'static str| Some(EntryContent::Problem(FileProblem::new(what, mend)));
    let file = name.rsplit('/').next().unwrap_or(name);
    if name.starts_with('/') || name.split('/').any(|part| part == "..") || name.contains('\0') || name.as_bytes().get(1) == Some(&b':') {
        problem("文件名指向压缩包之外的文件夹，没有读取", "请确认压缩包来源，重新打包后提供")
    } else if name.split('/').any(|part| part == "__MACOSX") || matches!(file, ".DS_Store" | "Thumbs.db" | "desktop.ini") {
        Some(EntryContent::Skipped("系统附带的文件，不是资料"))
    } else if file.starts_with("~$") || file.starts_with(".~") || file.starts_with("._") {
        Some(EntryContent::Skipped("办公软件的临时文件，不是资料"))
    } else if link {
        problem("这是指向别处的链接，没有读取", "请把原文件放进压缩包后重新提供")
    } else if encrypted {
        problem("压缩包有密码，无法读取其中的文件", "请去掉密码重新打包，或先解压再导入")
    } else if size > limits.file_bytes.min(left) {
        Some(EntryContent::Problem(too_large(limits)))
    } else {
        None
    }
}

/// UTF-8 where the entry says so. Else by the bytes: packers on Chinese Windows write GB18030, others UTF-8 without saying so.
fn decode_name(raw: &[u8], flagged: bool) -> String {
    let utf8 = UTF_8.decode_without_bom_handling_and_without_replacement(raw);
    // Two-byte UTF-8 is no Chinese, but GBK names such as 目录 look like it.
    let utf8 = utf8.filter(|text| flagged || text.is_ascii() || text.chars().any(|c| c >= '\u{2e80}'));
    let text = utf8.unwrap_or_else(|| GB18030.decode_without_bom_handling(raw).0);
    text.replace('\\', "/")
}

fn unreadable(error: &ZipError) -> FileProblem {
    match error {
        ZipError::UnsupportedArchive(_) => {
            FileProblem::new("用了不常见的压缩方式，无法读取", "请用系统自带的压缩功能重新打包，或先解压再导入")
        }
        _ => damaged_entry(),
    }
}

fn damaged_entry() -> FileProblem {
    FileProblem::new("压缩包里的这个文件已损坏，解不出来", "请重新打包后提供")
}

fn too_large(limits: &Limits) -> FileProblem {
    FileProblem::new(
        format!("解压后太大：单个文件超过 {} MB，或整个压缩包超过 {} MB", limits.file_bytes >> 20, limits.expanded_bytes >> 20),
        "请分成几个压缩包后重新提供",
    )
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use zip::ZipWriter;
    use zip::write::SimpleFileOptions;

    use super::*;

    fn pack(files: &[(&str, &[u8])]) -> Vec<u8> {
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, content) in files {
            zip.start_file(*name, SimpleFileOptions::default()).unwrap();
            zip.write_all(content).unwrap();
        }
        zip.finish().unwrap().into_inner()
    }

    fn unpack(bytes: Vec<u8>, limits: &Limits) -> Vec<(String, String)> {
        let said = |entry: Entry| match entry.content {
            EntryContent::File(bytes) => format!("{} bytes", bytes.len()),
            EntryContent::Skipped(why) => why.to_owned(),
            EntryContent::Problem(problem) => problem.what.into_owned(),
        };
        Archive::open(bytes, limits).unwrap().map(|entry| (entry.name.clone(), said(entry))).collect()
    }

    #[test]
    fn inner_archives_are_unpacked_in_place_down_to_the_limit() {
        let limits = Limits { archive_depth: 1, ..Limits::default() };
        let inner = pack(&[("三月/表.csv", b"a"), ("再套.zip", &pack(&[("b.csv", b"b")]))]);
        let outer = pack(&[("内.zip", &inner), ("c.csv", b"cc")]);
        assert!(is_archive(&outer));
        let found = unpack(outer, &limits);
        assert_eq!(found[0], ("内.zip/三月/表.csv".to_owned(), "1 bytes".to_owned()));
        assert!(found[1].1.contains("1 层以上"), "{found:?}");
        assert_eq!(found[2], ("c.csv".to_owned(), "2 bytes".to_owned()));
    }

    #[test]
    fn names_that_lead_out_and_system_files_are_told_apart() {
        let found =
            unpack(pack(&[("../a.csv", b"x"), ("__MACOSX/._a.csv", b"x"), ("b/~$a.xlsx", b"x"), ("好.csv", b"x")]), &Limits::default());
        let kinds: Vec<_> = found.iter().map(|f| f.1.as_str()).collect();
        assert!(kinds[0].contains("之外的文件夹"), "{kinds:?}");
        assert!(kinds[1].contains("系统附带") && kinds[2].contains("临时文件"), "{kinds:?}");
        assert_eq!(kinds[3], "1 bytes");
    }

    #[test]
    fn what_unpacks_to_too_much_is_refused() {
        let bomb = pack(&[("a.csv", &vec![0; 20 << 20])]);
        assert!(unpack(bomb, &Limits::default())[0].1.contains("压缩炸弹"));
        let limits = Limits { expanded_bytes: 5, ..Limits::default() };
        let found = unpack(pack(&[("a.csv", b"1234"), ("b.csv", b"12")]), &limits);
        assert!(found[0].1 == "4 bytes" && found[1].1.contains("解压后太大"), "{found:?}");
        let limits = Limits { archive_entries: 1, ..Limits::default() };
        assert!(unpack(pack(&[("a.csv", b"1"), ("b.csv", b"1")]), &limits)[1].1.contains("超过 1 个条目"));
    }

    #[test]
    fn an_entry_without_a_name_is_called_by_its_place() {
        let inner = pack(&[("a.csv", b"1")]);
        assert_eq!(unpack(pack(&[("", &inner)]), &Limits::default())[0].0, "第 1 个条目/a.csv");
    }

    #[test]
    fn names_without_the_flag_are_read_as_written() {
        for name in ["目录.csv", "三月工资表.xls", "联通.csv", "a.csv"] {
            assert_eq!(decode_name(&GB18030.encode(name).0, false), name);
            assert_eq!(decode_name(name.as_bytes(), true), name);
        }
        assert_eq!(decode_name("三月\\工资表.xls".as_bytes(), false), "三月/工资表.xls");
    }
}
