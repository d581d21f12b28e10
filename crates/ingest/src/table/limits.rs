//! The limits within which files are read. They bound memory and time: a file beyond them is refused with a message.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// 读取收到的文件时的上限：超过的文件整份退回，并说明原因。
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// 一个文件最多多少字节（压缩包里的每个文件也一样）。
    pub file_bytes: u64,
    /// 一个工作簿最多占用多少个单元格：每行从第一列算到最右边有内容的一列。
    pub cells: u64,
    /// 一张工作表最多到第几行。
    pub rows: u32,
    /// 一张表最多多少列。
    pub columns: u32,
    /// 一个单元格最多多少个字。
    pub cell_chars: usize,
    /// 一个合并单元格最多向下填充多少行；更长的只保留第一行。
    pub merged_rows: u32,
    /// 一张工作表最多逐行列出多少处错误；更多的照样退回、计数，不再逐行列出。
    pub rejects: u32,
    /// 一个压缩包最多多少个条目，包括内层压缩包里的。
    pub archive_entries: usize,
    /// 压缩包里再套压缩包，最多几层。
    pub archive_depth: usize,
    /// 一个压缩包或工作簿解压后最多多少字节；工作簿里文字的总字节数也不超过它。
    pub expanded_bytes: u64,
    /// 解压后 16 MB 以上的文件，最多是压缩前的多少倍。
    pub expansion_ratio: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            file_bytes: 1 << 30,
            cells: 20_000_000,
            // What Excel itself can hold in a worksheet.
            rows: 1_048_576,
            columns: 1_024,
            // What Excel itself can hold in a cell.
            cell_chars: 32_767,
            merged_rows: 10_000,
            rejects: 20_000,
            archive_entries: 10_000,
            archive_depth: 3,
            expanded_bytes: 2 << 30,
            // Deflate cannot pass 1,032; sheets of one repeated row reach about 100.
            expansion_ratio: 400,
        }
    }
}

impl Limits {
    /// Limits under which nothing could be read, each told in Chinese.
    #[must_use]
    pub fn mistakes(&self) -> Vec<String> {
        let limits = [
            ("file_bytes", self.file_bytes),
            ("cells", self.cells),
            ("rows", self.rows.into()),
            ("columns", self.columns.into()),
            ("cell_chars", self.cell_chars as u64),
            ("merged_rows", self.merged_rows.into()),
            ("rejects", self.rejects.into()),
            ("archive_entries", self.archive_entries as u64),
            ("archive_depth", self.archive_depth as u64),
            ("expanded_bytes", self.expanded_bytes),
            ("expansion_ratio", self.expansion_ratio),
        ];
        limits.iter().filter(|(_, value)| *value == 0).map(|(key, _)| format!("{key} = 0：任何文件都会被退回")).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::Limits;

    #[test]
    fn a_limit_can_be_set_alone_and_an_unknown_one_is_refused() {
        let set: Limits = serde_json::from_str(r#"{ "columns": 50 }"#).unwrap();
        assert_eq!(set, Limits { columns: 50, ..Limits::default() });
        assert!(serde_json::from_str::<Limits>(r#"{ "colums": 50 }"#).is_err());
    }
}
