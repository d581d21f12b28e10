//! Why something could not be pulled: what, and how to mend it, without secrets or personal data.

use model::identifier::mask;
use platform::{Kind, NotAnAnswer};

/// From so many digits on a number may be somebody's.
const LONG_NUMBER: usize = 11;

/// One failure. `what` and `mend` are plain Chinese.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    pub what: String,
    pub mend: String,
    pub class: Class,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// The line or the gateway: the same call may succeed later.
    Passing,
    /// Of this project: its other units will fail too.
    Credential,
    /// Asking again does not help.
    Lasting,
}

impl Fault {
    pub fn lasting(what: impl Into<String>, mend: impl Into<String>) -> Self {
        Self { what: what.into(), mend: mend.into(), class: Class::Lasting }
    }

    pub fn passing(what: impl Into<String>) -> Self {
        Self {
            what: what.into(), mend: "下一轮会再试；一直如此的，请联系平台维护单位".to_owned(), class: Class::Passing
        }
    }

    /// The URL may hold nothing secret, the cause names hosts at most.
    pub fn network(error: &reqwest::Error) -> Self {
        let what = if error.is_timeout() {
            "平台没有在限定时间内应答".to_owned()
        } else if error.is_connect() {
            match cause_of(error) {
                cause if cause.contains("certificate") => {
                    let mend = "请核对 url 和证书；自签证书的，把根证书写进 ca_file";
                    return Self { what: format!("平台的证书不可信（{cause}）"), mend: mend.to_owned(), class: Class::Lasting };
                }
                cause => format!("连不上平台（{cause}）"),
            }
        } else {
            format!("与平台的连接中断（{}）", cause_of(error))
        };
        Self::passing(what)
    }

    pub fn no_answer(fault: NotAnAnswer) -> Self {
        Self::passing(fault.to_string())
    }

    pub fn refused(code: &str, message: &str, kind: Kind) -> Self {
        let message: String = masked(message).chars().filter(|c| !c.is_control()).take(80).collect();
        let what = format!("平台拒绝：{message}（代码 {code}）");
        let (class, mend) = match kind {
            Kind::BadCredential | Kind::BadSignature => (Class::Credential, "请核对密钥文件中该项目的 appid 和 secret"),
            Kind::NotAllowed => (Class::Lasting, "请向平台申请该接口的权限，或登记本机的地址"),
            Kind::RateLimited | Kind::Retry => (Class::Passing, "调用过于频繁，请调低 calls_per_second"),
            _ => (Class::Lasting, "请核对项目编码和接口种类（profile）"),
        };
        Self { what, mend: mend.to_owned(), class }
    }
}

/// Gateways name identity numbers in their messages.
fn masked(message: &str) -> String {
    let is_number = |c: char| c.is_ascii_digit() || matches!(c, 'x' | 'X');
    let mut text = String::new();
    let mut run = String::new();
    for c in message.chars().chain(['\n']) {
        if is_number(c) {
            run.push(c);
            continue;
        }
        text.push_str(&if run.len() >= LONG_NUMBER { mask(&run) } else { run.clone() });
        run.clear();
        text.push(c);
    }
    text
}

fn cause_of(error: &reqwest::Error) -> String {
    let mut cause: &dyn std::error::Error = error;
    while let Some(next) = cause.source() {
        cause = next;
    }
    cause.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_in_the_words_of_a_gateway_are_masked() {
        let fault = Fault::refused("9999", "项目中已存在身份证为999999199001010016的工人 14号", Kind::BadRequest);
        assert_eq!(fault.what, "平台拒绝：项目中已存在身份证为999999********0016的工人 14号（代码 9999）");
    }
}
