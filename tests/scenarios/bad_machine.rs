//! A machine that fails: full disk, folder that cannot be written, lost key, no font.

use std::process::{Command, Stdio};

use crate::support::{Answer, County, Database, binary, project, synthetic};

fn is_chinese(text: &str) -> bool {
    text.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c))
}

#[test]
fn a_data_directory_that_cannot_be_made_is_told() {
    let county = County::new(Database::Sqlite);
    let blocked = county.desk().join("file");
    std::fs::write(&blocked, "").unwrap();
    let output = Command::new(binary())
        .arg("--config")
        .arg(county.config_file())
        .arg("--data-dir")
        .arg(blocked.join("var"))
        .arg("check")
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let answer = Answer::of(output).ended(1).says(&[blocked.to_str().unwrap()]);
    assert!(is_chinese(&answer.err), "{}", answer.err);
}

#[test]
fn a_full_disk_is_told_nothing_is_lost_and_the_next_run_goes_on() {
    let county = County::new(Database::Sqlite);
    let inbox = synthetic(&["--workers", "12,20"]).inbox;
    let data = county.data_dir();
    std::fs::create_dir_all(&data).unwrap();
    // A small disk of its own in a mount namespace, later enlarged.
    let script = "mount -t tmpfs -o size=1500k small \"$1\" && cd / || exit 99\n\
        data=$1; shift\n\
        \"$@\"; echo \"STATUS $?\"\n\
        mount -o remount,size=800m \"$data\" || exit 99\n\
        \"$@\"; echo \"STATUS $?\"\n\
        exec \"$0\" --config \"$CONFIG\" --data-dir \"$data\" --format json check --all --as-of 2024-12-20";
    let importing = county.command(&["--format", "json", "import", inbox.to_str().unwrap()]);
    let mut command = in_namespace(script);
    command.arg(binary()).arg(&data).arg(importing.get_program()).args(importing.get_args());
    command.env("CONFIG", county.config_file());
    let answer = Answer::of(command.output().expect("unshare is part of util-linux"));
    assert_eq!(answer.status, Some(0), "{}", answer.said());
    let statuses: Vec<&str> = answer.out.lines().filter_map(|line| line.strip_prefix("STATUS ")).collect();
    assert_eq!(statuses.len(), 2, "{}", answer.said());
    assert_eq!(statuses[0], "1", "{}", answer.err);
    assert!(["磁盘", "空间"].iter().any(|word| answer.err.contains(word)), "{}", answer.err);
    assert!(matches!(statuses[1], "0" | "3"), "{}", answer.said());
    let found =
        answer.out.lines().skip_while(|line| !line.starts_with("STATUS")).skip(1).skip_while(|line| !line.starts_with("STATUS")).skip(1);
    let reference = County::new(Database::Sqlite);
    reference.import(&[&inbox]);
    let expected = reference.anxin(&["--format", "json", "check", "--all", "--as-of", "2024-12-20"]).done().out;
    assert!(found.eq(expected.lines()), "the findings are those of an undisturbed import");
}

/// `sh -c script` that sees mounts of its own; the arguments of the script follow.
fn in_namespace(script: &str) -> Command {
    let mut command = Command::new("unshare");
    // Whoever is not root becomes root of a user namespace first.
    command.args(if is_root() { vec!["--mount"] } else { vec!["--mount", "--map-root-user"] });
    command.args(["sh", "-c", script]).stdin(Stdio::null());
    command
}

fn is_root() -> bool {
    let output = Command::new("id").arg("-u").output().expect("id is part of coreutils");
    output.stdout.starts_with(b"0")
}

#[test]
fn a_key_that_does_not_fit_the_data_is_refused_and_nothing_is_changed() {
    for database in Database::BOTH {
        let county = County::new(database);
        county.import(&[&project("99999920240101001", "测试县安置房一期").write_csv(&county.desk(), "项目.csv")]);
        let key = county.data_dir().join("data.key");
        let saved = county.desk().join("data.key");
        let before = county.check("2024-12-20");
        std::fs::rename(&key, &saved).unwrap();
        let answer = county.anxin(&["check"]).ended(1).says(&["密钥"]);
        assert!(is_chinese(&answer.err));
        std::fs::rename(&saved, &key).unwrap();
        assert_eq!(county.check("2024-12-20"), before);
    }
}

#[test]
fn without_a_font_letters_wait_and_everything_else_goes_on() {
    let county = County::new(Database::Sqlite);
    let inbox = county.data_dir().join("inbox");
    std::fs::create_dir_all(&inbox).unwrap();
    project("99999920240101001", "测试县安置房一期").write_csv(&inbox, "项目.csv");
    crate::support::account("99999920240101002", "2024-02-05").write_csv(&inbox, "专户.csv");
    project("99999920240101002", "测试县学校").write_csv(&inbox, "项目二.csv");
    // Empty folders hide the fonts of the machine from this one process.
    let script = "for dir in /usr/share/fonts /usr/local/share/fonts; do [ ! -d $dir ] || mount -t tmpfs none $dir || exit 99; done; \
        HOME=/nonexistent exec \"$@\"";
    let round = county.command(&["once"]);
    let mut command = in_namespace(script);
    command.arg("sh").arg(round.get_program()).args(round.get_args());
    let answer = Answer::of(command.output().expect("unshare is part of util-linux")).ended(1).says(&["字体"]);
    assert!(answer.out.contains("核查"), "the check went on: {}", answer.said());
    assert!(county.documents().is_empty());
    county.anxin(&["once"]).done();
    assert!(!county.documents().is_empty());
}

#[test]
fn a_database_out_of_reach_is_told() {
    let county = County::new(Database::Sqlite);
    county.configure(|config| {
        let mut store = toml::Table::new();
        store.insert("url".to_owned(), "postgres://nobody@127.0.0.1:1/none".into());
        config.insert("store".to_owned(), store.into());
    });
    let answer = county.anxin(&["check"]).ended(1);
    assert!(is_chinese(&answer.err), "{}", answer.err);
}
