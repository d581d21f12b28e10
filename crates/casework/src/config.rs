//! Tables `[letters]`, `[[officer]]` and `[routing]` of the configuration.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Everything casework takes from the configuration.
#[derive(Debug, Clone, Default)]
pub struct CaseworkConfig {
    pub letters: LetterConfig,
    pub officers: Vec<Officer>,
    pub routing: RoutingConfig,
    pub authorities: Vec<AuthorityConfig>,
}

/// 文书：编号、期限和是否直接发给当事单位。
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct LetterConfig {
    /// 风险提示函的文号格式；{year} 为年份，{n} 为序号。
    pub notice_number: String,
    /// 限期改正指令书的文号格式；签发时才取号。
    pub order_number: String,
    /// 收到风险提示函后应当回复的工作日数。
    pub notice_reply_wd: u32,
    /// 是否把风险提示函同时发给当事单位的电子邮箱（项目清单中的总包邮箱、建设单位邮箱）。
    pub notice_to_party: bool,
    /// 问题连续多少天核查都没有，才算已消除；数据时有时无的，不会反复提示。
    pub close_after_clear_days: u32,
    /// 多少个月内同一项目同一问题改正后又发生，按第几次计算。
    pub repeat_months: u32,
    /// 第几次发生不再提示、直接拟责令改正；0 表示不这样做。
    pub repeat_limit: u32,
}

impl Default for LetterConfig {
    fn default() -> Self {
        Self {
            notice_number: "测人社监提〔{year}〕{n}号".to_owned(),
            order_number: "测人社监令〔{year}〕第 {n} 号".to_owned(),
            notice_reply_wd: 5,
            notice_to_party: false,
            close_after_clear_days: 2,
            repeat_months: 12,
            repeat_limit: 3,
        }
    }
}

/// 监察员。
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Officer {
    /// 编码；项目清单“监察员”一栏可以写编码或姓名。
    pub code: String,
    /// 姓名。
    pub name: String,
    /// 电子邮箱。
    pub email: String,
    /// 行政执法证号。
    #[serde(default)]
    pub certificate: Option<String>,
}

/// 项目由哪位监察员负责。
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct RoutingConfig {
    /// 没有其他规定时的监察员编码。
    pub default: Option<String>,
    /// 按项目、行业、区划指定；越具体的越优先（项目、行业加区划、行业、区划）。
    pub route: Vec<RouteConfig>,
}

/// 一条分工。
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct RouteConfig {
    /// 项目编码。
    pub project: Option<String>,
    /// 行业，与项目清单所写一致。
    pub industry: Option<String>,
    /// 区划代码或名称的开头部分。
    pub region: Option<String>,
    /// 监察员编码。
    pub officer: String,
}

/// 行业工程建设主管部门。
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AuthorityConfig {
    /// 行业，与项目清单所写一致。
    pub industry: String,
    /// 部门名称，印在文书的抄送栏。
    pub name: String,
    /// 电子邮箱；不写则只印抄送，不发邮件。
    #[serde(default)]
    pub email: Option<String>,
    /// 是否由该部门处理：是的话，本机关只发提示函并移送，不责令改正。
    #[serde(default)]
    pub refer: bool,
}

impl CaseworkConfig {
    /// 项目所属行业的主管部门。
    pub fn authority_of(&self, industry: Option<&str>) -> Option<&AuthorityConfig> {
        let industry = industry?;
        self.authorities.iter().find(|authority| authority.industry == industry)
    }

    /// Mistakes that only show when the tables are read together: Chinese text, one a mistake.
    pub fn mistakes(&self) -> Vec<String> {
        let mut found = Vec::new();
        let known = |code: &str| self.officers.iter().any(|o| o.code == code);
        if self.officers.is_empty() {
            found.push("没有 [[officer]]：至少要有一位监察员，信函才有人处理。请写明 code、name、email".to_owned());
        }
        for (at, officer) in self.officers.iter().enumerate() {
            if self.officers[..at].iter().any(|o| o.code == officer.code) {
                found.push(format!("[[officer]] 编码 `{}` 出现两次；编码不能重复", officer.code));
            }
            if !officer.email.contains('@') {
                found.push(format!("[[officer]] `{}` 的 email `{}` 不是电子邮箱；例如 name@example.gov.cn", officer.code, officer.email));
            }
        }
        match &self.routing.default {
            None if !self.officers.is_empty() => {
                found.push("[routing] 缺少 default：没有专门分工的项目由谁负责？请写一位监察员的编码".to_owned());
            }
            Some(code) if !known(code) => found.push(format!("[routing] default = `{code}`：没有这个编码的监察员")),
            _ => {}
        }
        for route in &self.routing.route {
            if !known(&route.officer) {
                found.push(format!("[[routing.route]] officer = `{}`：没有这个编码的监察员", route.officer));
            }
            if route.project.is_none() && route.industry.is_none() && route.region.is_none() {
                found.push("[[routing.route]]：project、industry、region 至少写一个；全都不写请用 [routing] default".to_owned());
            }
        }
        for (at, authority) in self.authorities.iter().enumerate() {
            let AuthorityConfig { industry, name, email, .. } = authority;
            if industry.trim().is_empty() || name.trim().is_empty() {
                found.push("[[authority]]：industry（行业）和 name（部门名称）都要写".to_owned());
            }
            if self.authorities[..at].iter().any(|a| a.industry == *industry) {
                found.push(format!("[[authority]] 行业 `{industry}` 出现两次；一个行业只写一个主管部门"));
            }
            if let Some(email) = email.as_deref().filter(|email| !email.contains('@')) {
                found.push(format!("[[authority]] `{name}` 的 email `{email}` 不是电子邮箱；例如 name@example.gov.cn"));
            }
        }
        if self.letters.close_after_clear_days == 0 {
            found.push("[letters] close_after_clear_days = 0：至少要有一天核查没有问题，才算已消除；请写 1 以上".to_owned());
        }
        if self.letters.repeat_limit == 1 {
            found.push("[letters] repeat_limit = 1：第一次发生就不提示了；请写 2 以上，不需要则写 0".to_owned());
        }
        for (key, pattern) in [("notice_number", &self.letters.notice_number), ("order_number", &self.letters.order_number)] {
            for part in ["{year}", "{n}"] {
                if !pattern.contains(part) {
                    found.push(format!("[letters] {key} 缺少 {part}；例如 测人社监提〔{{year}}〕{{n}}号"));
                }
            }
        }
        found
    }
}
