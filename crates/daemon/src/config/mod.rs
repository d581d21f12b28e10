//! The configuration file: the tables of all crates joined, every mistake reported at once.

mod delivery;
mod embedded;
pub mod mappings;
mod mistakes;
pub mod passport;

use std::path::{Path, PathBuf};
use std::str::FromStr;

use casework::{AuthorityConfig, CaseworkConfig, LetterConfig, Officer, RoutingConfig};
use chrono_tz::Tz;
use ingest::{Limits, PlatformConfig};
use model::Calendar;
use notifier::{MailConfig, Office};
use rules::Law;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use delivery::{DataOwner, FolderConfig};
pub use embedded::write_default;
use mappings::Mappings;
pub use mistakes::{Mistake, parse_all};

/// `anxin.toml`.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct File {
    /// 发函机关。
    pub office: Office,
    /// 邮件。
    pub mail: MailConfig,
    /// 文书。
    #[serde(default)]
    pub letters: LetterConfig,
    /// 监察员。
    #[serde(default)]
    pub officer: Vec<Officer>,
    /// 分工。
    #[serde(default)]
    pub routing: RoutingConfig,
    /// 行业主管部门：抄送、移送。
    #[serde(default)]
    pub authority: Vec<AuthorityConfig>,
    /// 数据库。
    #[serde(default)]
    pub store: StoreConfig,
    /// 收件目录。
    #[serde(default)]
    pub folder: Vec<FolderConfig>,
    /// 平台接口。
    #[serde(default)]
    pub platform: Vec<PlatformConfig>,
    /// 数据提供方：每周收到一封数据质量邮件。
    #[serde(default)]
    pub data_owner: Vec<DataOwner>,
    /// 读取文件的上限。
    #[serde(default)]
    pub limits: Limits,
    /// 时钟。
    #[serde(default)]
    pub clock: ClockConfig,
    /// 定时任务。
    #[serde(default)]
    pub schedule: ScheduleConfig,
    /// 运行日志。
    #[serde(default)]
    pub log: LogConfig,
    /// 字体目录；留空则查找系统字体目录。
    #[serde(default)]
    pub font_dirs: Vec<PathBuf>,
}

/// 数据库。
#[derive(Debug, Clone, Default, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct StoreConfig {
    /// `sqlite`（默认，数据目录中的 anxin.sqlite）或 `postgres://…`。
    pub url: Option<String>,
    /// 存放数据库地址的文件；地址中有口令时请用它，不要把口令写进配置。
    pub url_file: Option<PathBuf>,
}

/// 时钟。
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ClockConfig {
    /// 县里的时区；“今天”按它计算。
    pub zone: String,
    /// 只用于演示和测试：允许用 --now 指定时间。
    pub simulated: bool,
}

impl Default for ClockConfig {
    fn default() -> Self {
        Self { zone: "Asia/Shanghai".to_owned(), simulated: false }
    }
}

/// 定时任务：秒 分 时 日 月 星期。
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ScheduleConfig {
    /// 一轮：导入、核查、拟文书、发送。
    pub round: String,
    /// 重发未发出的邮件。
    pub send: String,
    /// 给数据提供方的数据质量邮件：到时间后的第一轮拟出。
    pub quality: String,
}

impl Default for ScheduleConfig {
    fn default() -> Self {
        Self { round: "0 30 6 * * *".to_owned(), send: "0 */5 * * * *".to_owned(), quality: "0 0 6 * * Mon".to_owned() }
    }
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    #[default]
    Text,
    Json,
}

/// 运行日志（写到标准错误）。
#[derive(Debug, Clone, Default, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct LogConfig {
    /// `text` 或 `json`。
    pub format: LogFormat,
}

/// Everything read from the configuration directory.
pub struct Config {
    pub file: File,
    pub casework: CaseworkConfig,
    pub law: Law,
    pub calendar: Calendar,
    pub zone: Tz,
    pub round: cron::Schedule,
    pub send: cron::Schedule,
    pub quality: cron::Schedule,
    /// `anxin.toml`.
    pub path: PathBuf,
    /// Where it stands.
    pub dir: PathBuf,
    pub mappings: Mappings,
}

impl Config {
    /// Puts relative paths where they belong: folders in the data directory, secrets beside the configuration.
    fn resolve(file: &mut File, config_dir: &Path, data_dir: &Path) {
        file.mail.dir = data_dir.join(&file.mail.dir);
        for folder in &mut file.folder {
            folder.dir = data_dir.join(&folder.dir);
            folder.returns = folder.returns.as_ref().map(|returns| data_dir.join(returns));
        }
        for platform in &mut file.platform {
            platform.credentials = config_dir.join(&platform.credentials);
            platform.ca_file = platform.ca_file.as_ref().map(|path| config_dir.join(path));
        }
        let secrets = [&mut file.mail.password_file, &mut file.mail.ca_file, &mut file.store.url_file];
        for path in secrets.into_iter().filter_map(Option::as_mut) {
            *path = config_dir.join(&*path);
        }
    }

    /// Reads `anxin.toml` with `rules/`, `calendar/` and `mappings/` beside it.
    ///
    /// # Errors
    /// Every mistake of every file, not only the first.
    pub fn load(path: &Path, data_dir: &Path) -> Result<Self, Vec<Mistake>> {
        let mut mistakes = Vec::new();
        let mut file = read(path, &mut mistakes).and_then(|text| parse_all::<File>(path, &text, &mut mistakes));
        let dir = path.parent().unwrap_or(Path::new("."));
        if let Some(file) = &mut file {
            Self::resolve(file, dir, data_dir);
        }
        let law = load_law(&dir.join("rules"), &mut mistakes);
        let calendar = load_calendar(&dir.join("calendar"), &mut mistakes);
        let mappings = mappings::load(dir, &mut mistakes);
        let checked = file.as_ref().and_then(|file| cross_check(path, file, &mut mistakes));
        match (file, law, calendar, checked) {
            (Some(file), Some(law), Some(calendar), Some((zone, [round, send, quality]))) if mistakes.is_empty() => {
                let casework = file.casework();
                Ok(Self { file, casework, law, calendar, zone, round, send, quality, path: path.to_owned(), dir: dir.to_owned(), mappings })
            }
            _ => Err(mistakes),
        }
    }
}

/// What changes when somebody edits the configuration: path, size and time of every file it is read from.
pub fn fingerprint(path: &Path) -> Vec<(PathBuf, u64, Option<std::time::SystemTime>)> {
    let dir = path.parent().unwrap_or(Path::new("."));
    let folders = ["rules", "calendar", "mappings"].map(|folder| dir.join(folder));
    let entries = folders.iter().filter_map(|folder| std::fs::read_dir(folder).ok()).flatten().flatten().map(|entry| entry.path());
    let files = entries.filter(|path| path.extension().is_some_and(|e| e == "toml")).chain([path.to_owned()]);
    let seen = |path: PathBuf| {
        let meta = std::fs::metadata(&path).ok();
        (path, meta.as_ref().map_or(0, std::fs::Metadata::len), meta.and_then(|meta| meta.modified().ok()))
    };
    let mut seen: Vec<_> = files.map(seen).collect();
    seen.sort();
    seen
}

/// Law and calendar of an edited copy of the configuration: a directory with `rules/` and perhaps `calendar/`, or `rules/` itself.
///
/// # Errors
/// Every mistake of every file, not only the first.
pub fn edited(dir: &Path) -> Result<(Law, Option<Calendar>), Vec<Mistake>> {
    let mut mistakes = Vec::new();
    let rules = Some(dir.join("rules")).filter(|rules| rules.is_dir()).unwrap_or_else(|| dir.to_owned());
    let law = load_law(&rules, &mut mistakes);
    let calendar = dir.join("calendar");
    let calendar = if calendar.is_dir() { load_calendar(&calendar, &mut mistakes) } else { None };
    law.filter(|_| mistakes.is_empty()).map(|law| (law, calendar)).ok_or(mistakes)
}

/// Whether a path lies in a folder, however the two are written; links are followed as far as they are there.
pub fn is_within(path: &Path, folder: &Path) -> bool {
    let whole = |path: &Path| {
        let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
        let mut plain = PathBuf::new();
        for part in path.components() {
            if part == std::path::Component::ParentDir {
                plain.pop();
            } else {
                plain.push(part);
            }
        }
        let there = plain.ancestors().find_map(|known| Some((known.canonicalize().ok()?, plain.strip_prefix(known).ok()?.to_owned())));
        there.map_or(plain.clone(), |(known, rest)| known.join(rest))
    };
    whole(path).starts_with(whole(folder))
}

/// Why a file or folder could not be read, in Chinese where it is one of the usual reasons.
fn said(cause: &std::io::Error) -> String {
    match cause.kind() {
        std::io::ErrorKind::NotFound => "不存在".to_owned(),
        std::io::ErrorKind::PermissionDenied => "没有权限".to_owned(),
        std::io::ErrorKind::IsADirectory => "这是目录，不是文件".to_owned(),
        _ => cause.to_string(),
    }
}

fn read(path: &Path, mistakes: &mut Vec<Mistake>) -> Option<String> {
    match std::fs::read(path) {
        Err(cause) => {
            mistakes.push(Mistake::whole(
                path,
                format!("读不了配置文件（{}）", said(&cause)),
                "请用 --config 指明配置文件，或从 config/anxin.toml 复制一份",
            ));
            None
        }
        Ok(bytes) => {
            let text = String::from_utf8(bytes).ok().map(|text| text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text));
            if text.is_none() {
                mistakes.push(Mistake::whole(path, "文件不是 UTF-8 编码".to_owned(), "请用编辑器另存为 UTF-8"));
            }
            text
        }
    }
}

/// All `*.toml` of a directory, sorted by name, as (name, text).
fn read_dir(dir: &Path, mistakes: &mut Vec<Mistake>) -> Vec<(PathBuf, String)> {
    let entries = match std::fs::read_dir(dir) {
        Ok(entries) => entries,
        Err(cause) => {
            mistakes.push(Mistake::whole(dir, format!("读不了目录（{}）", said(&cause)), "该目录应与 anxin.toml 放在一起"));
            return Vec::new();
        }
    };
    let mut paths: Vec<PathBuf> =
        entries.flatten().map(|entry| entry.path()).filter(|p| p.extension().is_some_and(|e| e == "toml")).collect();
    paths.sort();
    paths.into_iter().filter_map(|path| read(&path, mistakes).map(|text| (path, text))).collect()
}

fn load_law(dir: &Path, mistakes: &mut Vec<Mistake>) -> Option<Law> {
    let before = mistakes.len();
    let files: Vec<(String, String)> = read_dir(dir, mistakes).into_iter().map(|(path, text)| (path.display().to_string(), text)).collect();
    // What stands in a file that could not be read would all be reported as missing.
    if mistakes.len() > before {
        return None;
    }
    match Law::load_beside(&files, &embedded::law()) {
        Ok(law) => Some(law),
        Err(found) => {
            let line = |line: usize| (line > 0).then_some(line);
            mistakes.extend(found.into_iter().map(|m| Mistake {
                file: m.file,
                line: line(m.line),
                column: line(m.column),
                key: m.key,
                what: m.what,
                mend: m.mend,
            }));
            None
        }
    }
}

fn load_calendar(dir: &Path, mistakes: &mut Vec<Mistake>) -> Option<Calendar> {
    let mut calendar = Calendar::default();
    let before = mistakes.len();
    for (path, text) in read_dir(dir, mistakes) {
        if let Err(cause) = calendar.add_toml(&text) {
            mistakes.push(Mistake::whole(&path, cause.to_string(), "请对照 calendar 目录中其他年份的写法"));
        }
    }
    (mistakes.len() == before).then_some(calendar)
}

impl File {
    /// The tables casework decides by.
    fn casework(&self) -> CaseworkConfig {
        CaseworkConfig {
            letters: self.letters.clone(),
            officers: self.officer.clone(),
            routing: self.routing.clone(),
            authorities: self.authority.clone(),
        }
    }
}

fn cross_check(path: &Path, file: &File, mistakes: &mut Vec<Mistake>) -> Option<(Tz, [cron::Schedule; 3])> {
    let casework = file.casework();
    for what in casework.mistakes() {
        mistakes.push(Mistake::whole(path, what, ""));
    }
    for what in file.mail.mistakes() {
        mistakes.push(Mistake::whole(path, format!("[mail] {what}"), ""));
    }
    for what in file.limits.mistakes() {
        mistakes.push(Mistake::whole(path, format!("[limits] {what}"), "请写成大于 0 的数，或删去这一行使用默认值"));
    }
    delivery::cross_check(path, file, mistakes);
    for (at, platform) in file.platform.iter().enumerate() {
        for what in platform.mistakes() {
            mistakes.push(Mistake::whole(
                path,
                format!("[[platform]] `{}` 的 {what}", platform.source),
                "请对照 config/anxin.toml 中的说明",
            ));
        }
        let folders = file.folder.iter().map(|folder| &folder.source);
        let others = file.platform[..at].iter().map(|other| &other.source);
        if folders.chain(others).any(|source| *source == platform.source) {
            let what = format!("[[platform]] source = `{}` 与另一个来源同名，分不清数据从哪里来", platform.source);
            mistakes.push(Mistake::whole(path, what, "请换一个名称"));
        }
    }
    if file.store.url.is_some() && file.store.url_file.is_some() {
        mistakes.push(Mistake::whole(path, "[store] url 和 url_file 只能写一个".to_owned(), "请删去其中一个"));
    }
    let zone = Tz::from_str(&file.clock.zone).map_err(|_| {
        let what = format!("[clock] zone = `{}` 不是时区名称", file.clock.zone);
        mistakes.push(Mistake::whole(path, what, "例如 Asia/Shanghai"));
    });
    let mut schedule = |key: &str, text: &str| {
        cron::Schedule::from_str(text).map_err(|cause| {
            let what = format!("[schedule] {key} = `{text}` 不是定时写法（{cause}）");
            mistakes.push(Mistake::whole(path, what, "六段：秒 分 时 日 月 星期，例如 0 30 6 * * * 表示每天 6:30"));
        })
    };
    let round = schedule("round", &file.schedule.round);
    let send = schedule("send", &file.schedule.send);
    let quality = schedule("quality", &file.schedule.quality);
    Some((zone.ok()?, [round.ok()?, send.ok()?, quality.ok()?]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_lies_in_a_folder_however_it_is_written() {
        let dir = tempfile::tempdir().unwrap();
        let inbox = dir.path().join("inbox");
        std::fs::create_dir(&inbox).unwrap();
        std::os::unix::fs::symlink(&inbox, dir.path().join("link")).unwrap();
        for (path, within) in
            [("inbox", true), ("inbox/r", true), ("inbox/../inbox/r", true), ("link/r/s", true), ("inbox2/r", false), ("returns", false)]
        {
            assert_eq!(is_within(&dir.path().join(path), &inbox), within, "{path}");
        }
    }
}
