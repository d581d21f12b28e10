//! All mistakes of a TOML file at once, in Chinese, with file, line and key.
//!
//! The TOML reader stops at its first mistake. So the place it names is blanked out and the rest is read again, until nothing is left to find.

use std::fmt;
use std::path::Path;

use serde::de::DeserializeOwned;

/// One mistake of a configuration file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistake {
    pub file: String,
    pub line: Option<usize>,
    /// 1 = first character of the line.
    pub column: Option<usize>,
    pub key: String,
    pub what: String,
    pub mend: String,
}

impl Mistake {
    pub fn whole(path: &Path, what: String, mend: &str) -> Self {
        Self { file: path.display().to_string(), line: None, column: None, key: String::new(), what, mend: mend.to_owned() }
    }
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.file)?;
        if let Some(line) = self.line {
            write!(f, " 第 {line} 行")?;
        }
        if let Some(column) = self.column {
            write!(f, "第 {column} 列")?;
        }
        if !self.key.is_empty() {
            write!(f, " `{}`", self.key)?;
        }
        write!(f, "：{}", self.what)?;
        if !self.mend.is_empty() {
            write!(f, "。{}", self.mend)?;
        }
        Ok(())
    }
}

/// More mistakes than this in one file are not worth reading; the rest shows after mending.
const MOST_MISTAKES: usize = 50;

/// Reads a file as `T`; `None` after at least one mistake was added.
pub fn parse_all<T: DeserializeOwned>(path: &Path, text: &str, mistakes: &mut Vec<Mistake>) -> Option<T> {
    let before = mistakes.len();
    let value = look_for_all(path, text, mistakes);
    mistakes[before..].sort_by_key(|mistake| mistake.line);
    value.filter(|_| mistakes.len() == before)
}

fn look_for_all<T: DeserializeOwned>(path: &Path, text: &str, mistakes: &mut Vec<Mistake>) -> Option<T> {
    let mut rest = text.to_owned();
    let before = mistakes.len();
    loop {
        let error = match toml::from_str::<T>(&rest) {
            Ok(value) => return Some(value),
            Err(error) => error,
        };
        let span = error.span();
        let above = span.as_ref().map(|span| &rest[..span.start.min(rest.len())]);
        let line = above.map(|above| above.matches('\n').count() + 1);
        let column = above.map(|above| above.rsplit('\n').next().unwrap_or_default().chars().count() + 1);
        let (what, mend) = translate(error.message());
        let key = span.as_ref().map(|span| key_at(&rest, span.start)).unwrap_or_default();
        mistakes.push(Mistake { file: path.display().to_string(), line, column, key, what, mend });
        // A missing key has no place that could be blanked; anything found after it would be a guess.
        let found_all = error.message().starts_with("missing field") || mistakes.len() - before >= MOST_MISTAKES;
        match span {
            Some(span) if !found_all && blank(&mut rest, span.start, span.end) => {}
            _ => return None,
        }
    }
}

/// The key in front of `=` on the line of a position.
fn key_at(text: &str, at: usize) -> String {
    let at = at.min(text.len());
    let start = text[..at].rfind('\n').map_or(0, |n| n + 1);
    let line = text[start..].lines().next().unwrap_or_default();
    line.split_once('=').map_or_else(|| line.trim().to_owned(), |(key, _)| key.trim().to_owned())
}

/// Turns the lines of a span into blanks; false when they were blank already.
fn blank(text: &mut String, start: usize, end: usize) -> bool {
    let start = text[..start.min(text.len())].rfind('\n').map_or(0, |n| n + 1);
    let end = end.min(text.len());
    let end = text[end..].find('\n').map_or(text.len(), |n| end + n);
    let had = text[start..end].chars().any(|c| !c.is_whitespace());
    let blanks: String = text[start..end].chars().map(|c| if c == '\n' { '\n' } else { ' ' }).collect();
    text.replace_range(start..end, &blanks);
    had
}

/// The reader's English sentence in Chinese; what is not known stays as it is.
fn translate(message: &str) -> (String, String) {
    let ticked: Vec<&str> = message.split('`').skip(1).step_by(2).collect();
    let meant = |ticked: &[&str], all: &str| {
        let (written, known) = ticked.split_first().unwrap_or((&"", &[]));
        rules::law::mend_name(written, known.iter().copied(), all)
    };
    if message.starts_with("unknown field") {
        (format!("不认识的键 `{}`", ticked.first().unwrap_or(&"")), meant(&ticked, "可用的键"))
    } else if message.starts_with("unknown variant") {
        (format!("取值 `{}` 不在允许范围内", ticked.first().unwrap_or(&"")), meant(&ticked, "可用的值"))
    } else if message.starts_with("missing field") {
        (format!("缺少键 `{}`", ticked.first().unwrap_or(&"")), "请补上；写法见 config/anxin.toml 中的说明".to_owned())
    } else if message.starts_with("duplicate key") {
        ("同一个键写了两次".to_owned(), "请删去多余的一个".to_owned())
    } else if let Some(rest) = message.strip_prefix("invalid type: ") {
        let (got, wanted) = rest.split_once(", expected ").unwrap_or((rest, ""));
        (format!("值的类型不对：写的是 {}", chinese_type(got)), format!("这里应当是{}", chinese_type(wanted)))
    } else if let Some(rest) = message.strip_prefix("invalid value: ") {
        let (got, wanted) = rest.split_once(", expected ").unwrap_or((rest, ""));
        (format!("值不合要求：{}", chinese_type(got)), format!("这里应当是{}", chinese_type(wanted)))
    } else {
        (format!("TOML 写法有误（{}）", message.lines().next().unwrap_or_default()), "请检查引号、方括号和等号".to_owned())
    }
}

fn chinese_type(text: &str) -> String {
    let names = [
        ("string", "文字"),
        ("a string", "文字（放在英文双引号内）"),
        ("integer", "整数"),
        ("boolean", "true/false"),
        ("a boolean", "true 或 false"),
        ("floating point", "小数"),
        ("a sequence", "方括号列表"),
        ("sequence", "方括号列表"),
        ("map", "表"),
        ("path string", "路径文字"),
        ("u8", "0–255 的整数"),
        ("u16", "0–65535 的整数"),
        ("u32", "不小于 0 的整数"),
        ("u64", "不小于 0 的整数"),
        ("i64", "整数"),
    ];
    let head = text.split([' ', '`']).next().unwrap_or(text);
    names
        .iter()
        .find(|(english, _)| *english == text)
        .or_else(|| names.iter().find(|(english, _)| *english == head))
        .map_or_else(|| text.to_owned(), |(english, chinese)| text.replacen(english, chinese, 1))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use serde::Deserialize;

    use super::parse_all;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields, default)]
    struct Sample {
        port: u16,
        names: Vec<String>,
        on: bool,
    }

    impl Default for Sample {
        fn default() -> Self {
            Self { port: 1, names: Vec::new(), on: false }
        }
    }

    #[test]
    fn all_mistakes_are_reported_with_line_and_key() {
        let mut mistakes = Vec::new();
        let text = "prot = 3\nport = \"x\"\n# note\non = 7\nnames = [1]\n";
        assert!(parse_all::<Sample>(Path::new("a.toml"), text, &mut mistakes).is_none());
        let found: Vec<_> = mistakes.iter().map(|m| (m.line, m.key.as_str())).collect();
        assert_eq!(found, [(Some(1), "prot"), (Some(2), "port"), (Some(4), "on"), (Some(5), "names")]);
        assert!(
            mistakes[0].to_string().contains("a.toml 第 1 行第 1 列 `prot`：不认识的键 `prot`。是不是想写 `port`？"),
            "{}",
            mistakes[0]
        );
    }

    #[test]
    fn a_good_file_has_none() {
        let mut mistakes = Vec::new();
        let sample: Sample = parse_all(Path::new("a.toml"), "port = 25\nnames = ['x']\n", &mut mistakes).unwrap();
        assert_eq!((sample.port, sample.names.len(), sample.on), (25, 1, false));
    }
}
