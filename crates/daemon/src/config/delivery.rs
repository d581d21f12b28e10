//! Tables `[[folder]]` and `[[data_owner]]`: where data come from, and who is told of their quality.

use std::path::{Path, PathBuf};

use model::Dataset;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{File, Mistake, is_within};

/// 收件目录：放进去的文件在下一轮导入。
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FolderConfig {
    /// 数据来源的名称，写进证据。
    pub source: String,
    /// 目录。
    pub dir: PathBuf,
    /// 退回表写到这个目录：收到的表，标出错处和改法，可发还给对方；不写则不生成。含完整号码，请注意保管。
    pub returns: Option<PathBuf>,
    /// 导入后把文件移到本目录的 done/（全部采用）或 rejected/（有退回、读不了），旁边附报告；不写则留在原处。
    #[serde(default, rename = "move")]
    pub moves: bool,
    /// 文件多少秒没有变化才算传完；0 表示不等。模拟时钟下不写则不等。
    #[serde(default)]
    pub settle_s: Option<u32>,
    /// 只收这一种表（如 payroll）；认出是别的表，整张退回。
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    pub dataset: Option<Dataset>,
    /// 项目清单没有写项目所在地的，按这里记。
    #[serde(default)]
    pub region: Option<String>,
}

impl FolderConfig {
    /// Long enough for a slow line to go on; short enough for a round to wait for.
    pub const SETTLE_S: u32 = 60;
}

/// 数据提供方：每周收到一封数据质量邮件。
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DataOwner {
    /// 数据来源的名称，与收件目录所写一致。
    pub source: String,
    /// 称呼；不写则为来源的名称。
    #[serde(default)]
    pub name: Option<String>,
    /// 电子邮箱。
    pub email: String,
}

/// What is wrong with the two tables.
pub fn cross_check(path: &Path, file: &File, mistakes: &mut Vec<Mistake>) {
    for returns in file.folder.iter().filter_map(|folder| folder.returns.as_ref()) {
        if let Some(inbox) = file.folder.iter().find(|folder| is_within(returns, &folder.dir)) {
            let what =
                format!("[[folder]] returns = `{}` 在收件目录 `{}` 里面，退回表会被当作收到的表", returns.display(), inbox.dir.display());
            mistakes.push(Mistake::whole(path, what, "请换一个目录"));
        }
    }
    for (at, folder) in file.folder.iter().enumerate() {
        let shares = |other: &FolderConfig| is_within(&other.dir, &folder.dir) || is_within(&folder.dir, &other.dir);
        let other = file.folder[at + 1..].iter().find(|other| (folder.moves || other.moves) && shares(other));
        if let Some(other) = other {
            let what = format!("[[folder]] 的目录 `{}` 和 `{}` 互相包含，文件会被移走两次", folder.dir.display(), other.dir.display());
            mistakes.push(Mistake::whole(path, what, "写了 move = true 的收件目录，请不要放在另一个收件目录里面"));
        }
        if folder.region.as_ref().is_some_and(|region| region.trim().is_empty()) {
            let what = format!("[[folder]] `{}` 的 region 是空的", folder.source);
            mistakes.push(Mistake::whole(path, what, "请写行政区划名称，或删去这一行"));
        }
    }
    for owner in &file.data_owner {
        if !notifier::is_address(&owner.email) {
            let what = format!("[[data_owner]] email = `{}` 不是邮件地址", owner.email);
            mistakes.push(Mistake::whole(path, what, "应为 name@example.gov.cn"));
        }
    }
}
