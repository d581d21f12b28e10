//! Wrong usage, said in Chinese.

use clap::error::{ContextKind, ContextValue, ErrorKind};

use super::{DONE, WRONG_USAGE};

/// Prints what is wrong (or the help that was asked for) and gives the exit status.
pub fn report(error: &clap::Error) -> u8 {
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
            print!("{}", chinese_help(&error.to_string()));
            return DONE;
        }
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            eprint!("{}", chinese_help(&error.to_string()));
            return WRONG_USAGE;
        }
        _ => {}
    }
    let get = |kind| error.get(kind).map(text).unwrap_or_default();
    let argument = get(ContextKind::InvalidArg);
    let value = get(ContextKind::InvalidValue);
    let valid = get(ContextKind::ValidValue);
    let what = match error.kind() {
        ErrorKind::InvalidSubcommand => format!("没有命令 `{}`", get(ContextKind::InvalidSubcommand)),
        ErrorKind::UnknownArgument => format!("没有选项 `{argument}`"),
        ErrorKind::MissingRequiredArgument => format!("缺少 {argument}"),
        ErrorKind::MissingSubcommand => format!("缺少子命令；可用：{}", get(ContextKind::ValidSubcommand)),
        ErrorKind::InvalidValue if value.is_empty() => format!("选项 {argument} 缺少取值"),
        ErrorKind::InvalidValue => format!("{argument} 不能取 `{value}`；可用：{valid}"),
        ErrorKind::ValueValidation => {
            let cause = std::error::Error::source(error).map(ToString::to_string).unwrap_or_default();
            format!("{argument} 的取值 `{value}` 不对：{cause}")
        }
        ErrorKind::ArgumentConflict => format!("{argument} 不能和 {} 同时使用", get(ContextKind::PriorArg)),
        ErrorKind::TooManyValues | ErrorKind::WrongNumberOfValues => format!("{argument} 的取值个数不对"),
        _ => error.to_string(),
    };
    eprintln!("错误：{what}");
    let suggestion = [ContextKind::SuggestedSubcommand, ContextKind::SuggestedArg, ContextKind::SuggestedValue]
        .into_iter()
        .map(get)
        .find(|s| !s.is_empty());
    if let Some(suggestion) = suggestion {
        eprintln!("  是不是想写 `{suggestion}`？");
    }
    eprintln!("用 anxin --help 查看用法");
    WRONG_USAGE
}

fn text(value: &ContextValue) -> String {
    match value {
        ContextValue::String(one) => one.clone(),
        ContextValue::Strings(many) => many.join("、"),
        other => other.to_string(),
    }
}

/// The few words the help generator brings itself.
fn chinese_help(help: &str) -> String {
    [
        ("[default: ", "[默认："),
        ("[possible values: ", "[可用："),
        ("Possible values:", "可用："),
        ("Arguments:", "参数："),
        ("Options:", "选项："),
        ("Commands:", "命令："),
        ("Usage:", "用法："),
        ("Print help (see more with '--help')", "显示帮助（--help 更详细）"),
        ("Print help (see a summary with '-h')", "显示帮助（-h 更简短）"),
        ("Print help", "显示帮助"),
        ("Print version", "显示版本"),
        ("[OPTIONS]", "[选项]"),
        ("<COMMAND>", "<命令>"),
    ]
    .iter()
    .fold(help.to_owned(), |text, (english, chinese)| text.replace(english, chinese))
}
