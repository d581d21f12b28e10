//! Finds, for each typeface official papers ask for, an installed font or a named substitute, and loads only those.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use typst::foundations::{Array, Bytes, Dict, IntoValue, Value};
use typst::text::{Font, FontStyle};

use crate::TypesetError;

/// A typeface of GB/T 9704.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// 仿宋: text
    Body,
    /// 小标宋: title and letterhead
    Title,
    /// 黑体: first-level headings
    Heading,
    /// 楷体: second-level headings
    Kai,
}

impl Role {
    const ALL: [Self; 4] = [Self::Body, Self::Title, Self::Heading, Self::Kai];

    /// Key under `sys.inputs.fonts`.
    fn key(self) -> &'static str {
        match self {
            Self::Body => "body",
            Self::Title => "title",
            Self::Heading => "heading",
            Self::Kai => "kai",
        }
    }

    pub fn chinese(self) -> &'static str {
        match self {
            Self::Body => "仿宋",
            Self::Title => "小标宋",
            Self::Heading => "黑体",
            Self::Kai => "楷体",
        }
    }

    /// The typeface itself, under the names its makers give it.
    fn genuine(self) -> &'static [&'static str] {
        match self {
            Self::Body => &[
                "仿宋_GB2312",
                "FangSong_GB2312",
                "仿宋",
                "FangSong",
                "FZFangSong-Z02",
                "FZFangSong-Z02S",
                "方正仿宋_GBK",
                "方正仿宋简体",
                "STFangsong",
            ],
            Self::Title => &["FZXiaoBiaoSong-B05", "FZXiaoBiaoSong-B05S", "方正小标宋_GBK", "方正小标宋简体"],
            Self::Heading => &["SimHei", "黑体", "FZHei-B01", "FZHei-B01S", "方正黑体_GBK", "STHeiti"],
            Self::Kai => &["楷体_GB2312", "KaiTi_GB2312", "楷体", "KaiTi", "FZKai-Z03", "FZKai-Z03S", "方正楷体_GBK", "STKaiti"],
        }
    }

    /// What stands in for it, best first.
    fn substitutes(self) -> &'static [&'static str] {
        match self {
            Self::Heading => &[
                "Noto Sans CJK SC",
                "Source Han Sans SC",
                "Noto Sans SC",
                "WenQuanYi Zen Hei",
                "WenQuanYi Micro Hei",
                "Droid Sans Fallback",
                "Noto Serif CJK SC",
            ],
            Self::Kai => &[
                "AR PL UKai CN",
                "Noto Serif CJK SC",
                "Source Han Serif SC",
                "Noto Serif SC",
                "SimSun",
                "AR PL UMing CN",
                "Noto Sans CJK SC",
                "WenQuanYi Zen Hei",
                "WenQuanYi Micro Hei",
                "Droid Sans Fallback",
            ],
            Self::Body | Self::Title => &[
                "Noto Serif CJK SC",
                "Source Han Serif SC",
                "Noto Serif SC",
                "SimSun",
                "AR PL UMing CN",
                "Noto Sans CJK SC",
                "Source Han Sans SC",
                "WenQuanYi Zen Hei",
                "WenQuanYi Micro Hei",
                "Droid Sans Fallback",
            ],
        }
    }
}

/// An official typeface that is not installed, and the font printed in its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Substitute {
    pub role: Role,
    pub used: String,
}

/// Fonts with rare characters; loaded where present, used only for characters the others lack.
const RARE: &[&str] = &[
    "SimSun-ExtB",
    "SimSun-ExtG",
    "HanaMinA",
    "HanaMinB",
    "Hanazono Mincho A",
    "Hanazono Mincho B",
    "BabelStone Han",
    "TW-Sung-Ext-B",
    "Plangothic P1",
    "Plangothic P2",
    "Noto Sans CJK SC",
    "WenQuanYi Zen Hei",
];

/// In the system's folders only files whose names look Chinese are opened: there may be thousands of others.
const LIKELY_NAMES: &[&str] = &[
    "cjk",
    "han",
    "wqy",
    "sim",
    "fang",
    "fz",
    "kai",
    "song",
    "hei",
    "ming",
    "uming",
    "ukai",
    "hana",
    "droidsansfallback",
    "notoserifsc",
    "notosanssc",
    "babelstone",
    "sung",
    "plangothic",
    "gb2312",
    "gbk",
];
const SYSTEM_DIRS: &[&str] = &["usr/share/fonts", "usr/local/share/fonts"];
const EXTENSIONS: &[&str] = &["ttf", "otf", "ttc", "otc"];
/// Folders below a font folder; deeper ones are a loop of links.
const MAX_DEPTH: usize = 6;

pub(crate) struct Library {
    pub(crate) fonts: Vec<Font>,
    pub(crate) substitutes: Vec<Substitute>,
    chosen: Vec<(Role, String)>,
}

impl Library {
    /// `root` is `/`, except in tests.
    pub(crate) fn load(configured: &[PathBuf], root: &Path) -> Result<Self, TypesetError> {
        let mut files = Vec::new();
        for path in configured {
            let failed = |cause| TypesetError::FontPath { path: path.clone(), cause };
            if fs::metadata(path).map_err(failed)?.is_dir() {
                fs::read_dir(path).map_err(failed)?;
                collect(path, &|_| true, 0, &mut files);
            } else {
                files.push(path.clone());
            }
        }
        let system: Vec<PathBuf> = SYSTEM_DIRS.iter().map(|dir| root.join(dir)).collect();
        for dir in &system {
            collect(dir, &|name| LIKELY_NAMES.iter().any(|part| name.contains(part)), 0, &mut files);
        }
        let faces = faces(&files);
        Self::choose(&faces).ok_or_else(|| TypesetError::NoChineseFont { searched: configured.iter().cloned().chain(system).collect() })
    }

    fn choose(faces: &[Font]) -> Option<Self> {
        let mut chosen = Vec::new();
        let mut substitutes = Vec::new();
        for role in Role::ALL {
            let found = |names: &[&str]| names.iter().find_map(|name| faces.iter().find(|f| is_named(f, name) && knows_chinese(f)));
            let (font, genuine) = match found(role.genuine()) {
                Some(font) => (font, true),
                None => (found(role.substitutes()).or_else(|| faces.iter().find(|f| knows_chinese(f)))?, false),
            };
            let family = font.info().family.clone();
            if !genuine {
                substitutes.push(Substitute { role, used: family.clone() });
            }
            chosen.push((role, family));
        }
        let title = chosen.iter().find(|(role, _)| *role == Role::Title).map(|(_, family)| family.as_str());
        let wanted = |font: &&Font| {
            let family = font.info().family.as_str();
            let is_bold = font.info().variant.weight.to_number() >= 600;
            let is_chosen = chosen.iter().any(|(_, name)| name == family) || RARE.iter().any(|name| is_named(font, name));
            // Only the title and the letterhead are bold: a bold face costs 20 to 27 MB of memory.
            is_chosen && font.info().variant.style == FontStyle::Normal && (!is_bold || title == Some(family))
        };
        Some(Self { fonts: faces.iter().filter(wanted).cloned().collect(), substitutes, chosen })
    }

    /// `{ body: ("…", "…"), … }`: the family of each role, then those that help it out.
    pub(crate) fn families(&self) -> Value {
        let mut families = Dict::new();
        for (role, family) in &self.chosen {
            let mut names = vec![family.clone()];
            for (_, other) in &self.chosen {
                if !names.contains(other) {
                    names.push(other.clone());
                }
            }
            let names: Array = names.into_iter().map(IntoValue::into_value).collect();
            families.insert(role.key().into(), names.into_value());
        }
        families.into_value()
    }
}

fn is_named(font: &Font, name: &str) -> bool {
    font.info().family.eq_ignore_ascii_case(name)
}

fn knows_chinese(font: &Font) -> bool {
    "农民工工资薪酬，。《》〔〕".chars().all(|c| font.info().coverage.contains(u32::from(c)))
}

/// Font files below `dir`, in the order of their paths. What cannot be read is left out: another font may do.
fn collect(dir: &Path, likely: &dyn Fn(&str) -> bool, depth: usize, files: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(dir) else { return };
    let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    paths.sort();
    for path in paths {
        if path.is_dir() {
            if depth < MAX_DEPTH {
                collect(&path, likely, depth + 1, files);
            }
            continue;
        }
        let name = path.file_name().map(|name| name.to_string_lossy().to_lowercase()).unwrap_or_default();
        let is_font = path.extension().is_some_and(|e| EXTENSIONS.iter().any(|known| e.eq_ignore_ascii_case(known)));
        if is_font && likely(&name) {
            files.push(path);
        }
    }
}

/// All faces of all files whose family somebody asks for; the bytes of the others are let go at once.
fn faces(files: &[PathBuf]) -> Vec<Font> {
    let asked: BTreeSet<String> = Role::ALL
        .iter()
        .flat_map(|role| role.genuine().iter().chain(role.substitutes()))
        .chain(RARE)
        .map(|name| name.to_lowercase())
        .collect();
    let mut seen = BTreeSet::new();
    let mut faces = Vec::new();
    let mut strangers = Vec::new();
    for path in files {
        let Ok(data) = fs::read(path) else { continue };
        for font in Font::iter(Bytes::new(data)) {
            let info = font.info();
            if !seen.insert((info.family.clone(), info.variant.weight.to_number(), format!("{:?}", info.variant.style))) {
                continue;
            }
            if asked.contains(&info.family.to_lowercase()) {
                faces.push(font);
            } else if strangers.is_empty() && knows_chinese(&font) {
                strangers.push(font);
            }
        }
    }
    // A font nobody has heard of is better than none.
    if !faces.iter().any(knows_chinese) {
        faces.extend(strangers);
    }
    faces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_any_chinese_font_the_error_says_how_to_mend_it() {
        let empty = tempfile::tempdir().unwrap();
        let error = Library::load(&[], empty.path()).err().expect("refused");
        assert!(error.to_string().contains("apt-get install fonts-noto-cjk"), "{error}");
    }

    #[test]
    fn an_official_typeface_that_is_not_installed_has_a_named_substitute() {
        let library = Library::load(&[], Path::new("/")).expect("fonts-noto-cjk is installed");
        for substitute in &library.substitutes {
            assert!(!substitute.used.is_empty(), "{substitute:?}");
        }
        assert_eq!(library.chosen.len(), 4);
    }

    #[test]
    fn a_configured_file_alone_is_enough() {
        let empty = tempfile::tempdir().unwrap();
        let files = Library::load(&[], Path::new("/")).map(|_| ()).map(|()| {
            let mut files = Vec::new();
            collect(Path::new("/usr/share/fonts"), &|name| name.contains("cjk"), 0, &mut files);
            files
        });
        let file = files.unwrap().into_iter().next().expect("fonts-noto-cjk is installed");
        let library = Library::load(&[file], empty.path()).unwrap();
        assert!(library.fonts.iter().any(knows_chinese));
    }
}
