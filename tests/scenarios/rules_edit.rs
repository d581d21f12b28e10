//! Editing a figure: seen before it is saved, recorded when it is; and findings an officer sets aside.

use crate::support::{Answer, County, Database, account, project};

const FLOOR: (&str, &str) = ("value = 400000000", "value = 300000000");

/// Three projects by contract sum in yuan, and an account list that names none of them.
fn three_projects(database: Database) -> County {
    let county = County::new(database);
    let inbox = county.data_dir().join("in");
    std::fs::create_dir_all(&inbox).unwrap();
    // Unlike names: parts of one site would be summed.
    for (n, name, sum) in [(1, "测试县东门小学", "2999999.99"), (2, "测试县西门桥", "3000000.00"), (3, "测试县南门水厂", "4000000.00")]
    {
        project(&format!("9999992024010100{n}"), name).with(0, "施工合同额", sum).write_csv(&inbox, &format!("项目{n}.csv"));
    }
    project("99999920240101009", "测试县综合楼").write_csv(&inbox, "项目9.csv");
    account("99999920240101009", "2024-02-20").write_csv(&inbox, "专户.csv");
    county.import(&[&inbox]);
    county
}

fn edited(county: &County) -> std::path::PathBuf {
    let dir = county.data_dir().join("edited");
    std::fs::create_dir_all(dir.join("rules")).unwrap();
    for entry in std::fs::read_dir(county.config_dir().join("rules")).unwrap().flatten() {
        let text = std::fs::read_to_string(entry.path()).unwrap();
        std::fs::write(dir.join("rules").join(entry.file_name()), text.replace(FLOOR.0, FLOOR.1)).unwrap();
    }
    dir
}

fn replay(county: &County, dir: &std::path::Path) -> Answer {
    county.anxin(&["--format", "json", "rules", "replay", "--months", "6", "--config", dir.to_str().unwrap()]).done()
}

#[test]
fn a_lower_floor_names_exactly_the_projects_that_enter_and_changes_nothing() {
    for database in Database::BOTH {
        let county = three_projects(database);
        let before = county.anxin(&["--format", "json", "check", "--all"]).done().out;
        let answer = replay(&county, &edited(&county));
        let entered: Vec<String> = answer
            .json()
            .iter()
            .filter(|line| line["rule"] == "account.not_opened" && line["known"] == "now")
            .map(|line| format!("{} {}", line["change"].as_str().unwrap(), line["project"].as_str().unwrap()))
            .collect();
        assert_eq!(entered, ["gained 99999920240101002"], "{}", answer.said());
        assert!(answer.json().iter().any(|line| line["letter"] == "gained" && line["project"] == "99999920240101002"));
        assert_eq!(county.anxin(&["--format", "json", "check", "--all"]).done().out, before);
        assert!(county.documents().is_empty() && county.anxin(&["--format", "json", "outbox", "list"]).done().out.is_empty());
        let same = county.config_dir();
        assert!(replay(&county, &same).json().is_empty(), "the same figures change nothing");
    }
}

#[test]
fn a_replay_of_a_broken_copy_tells_its_mistakes() {
    let county = three_projects(Database::Sqlite);
    let dir = edited(&county);
    std::fs::write(dir.join("rules/site.toml"), "[[parameter]]\nnam = \"site.board_days\"\n").unwrap();
    let answer = county.anxin(&["rules", "replay", "--config", dir.to_str().unwrap()]).ended(2);
    answer.says(&["site.toml", "第 2 行第 1 列 `nam`", "是不是想写 `name`？"]);
}

#[test]
fn what_an_officer_sets_aside_makes_no_letter_until_its_day() {
    for database in Database::BOTH {
        let county = three_projects(database);
        let project = "99999920240101003";
        let breach = |county: &County| {
            let lines = county.anxin(&["--format", "json", "check", "--project", project]).done().json();
            lines.into_iter().find(|line| line["rule"] == "account.not_opened").unwrap()
        };
        assert_eq!(breach(&county)["outcome"], "breach");
        let suppress = |until: &str, officer: &str, reason: &str| {
            county.anxin(&[
                "suppress",
                "account.not_opened",
                "--project",
                project,
                "--until",
                until,
                "--officer",
                officer,
                "--reason",
                reason,
            ])
        };
        suppress("2024-12-25", "nobody", "正在办理").ended(2).says(&["没有编码为 `nobody` 的监察员"]);
        suppress("2024-12-01", "C1", "正在办理").ended(2).says(&["已经过去"]);
        suppress("2024-12-25", "C1", " ").ended(2).says(&["理由"]);
        suppress("2024-12-25", "C1", "正在办理开户").done();
        assert_eq!(breach(&county)["suppressed"]["until"], "2024-12-25");
        county.round();
        let speaks = |county: &County| {
            let documents = county.documents();
            let of_project = documents.iter().filter(|d| d["project"] == project);
            of_project.flat_map(|d| d["items"].as_array().unwrap().clone()).any(|item| item["rule"] == "account.not_opened")
        };
        assert!(!speaks(&county));
        let reminded = county.anxin(&["--format", "json", "outbox", "list"]).done().out;
        assert!(reminded.contains("豁免即将届满"), "five working days before its end the officer is told: {reminded}");
        county.at("2024-12-26T09:00:00+08:00");
        county.round();
        assert!(speaks(&county), "over: the letter goes its way");
    }
}

#[test]
fn every_edit_of_a_figure_has_its_passport_and_a_broken_one_is_refused_by_the_daemon() {
    let county = three_projects(Database::Sqlite);
    county.round();
    let history = |county: &County| county.anxin(&["--format", "json", "config", "history", "account.contract_floor"]).done().json();
    assert_eq!(history(&county).len(), 1, "as first seen");
    let mut daemon = county.start(&["-v", "run"]);
    daemon.until("the first round", || {
        let runs = county.anxin(&["--format", "json", "doctor"]).json();
        runs.iter().any(|check| check["check"] == "send" && check["detail"].as_str().unwrap().contains("最近一次"))
    });
    let file = county.config_dir().join("rules/account.toml");
    let good = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, good.replace(FLOOR.0, "value = \"viel\"")).unwrap();
    daemon.hangup();
    std::thread::sleep(std::time::Duration::from_secs(2));
    std::fs::write(&file, good.replace(FLOOR.0, FLOOR.1)).unwrap();
    daemon.hangup();
    daemon.until("the edit is recorded", || history(&county).len() == 2);
    let last = history(&county).pop().unwrap();
    assert_eq!((&last["before"][0]["value"], &last["after"][0]["value"]), (&400_000_000.into(), &300_000_000.into()));
    assert!(!last["by"].as_str().unwrap().is_empty());
    daemon.terminate();
    let answer = daemon.end().done();
    assert!(answer.err.contains("configuration refused") && answer.err.contains("figure changed"), "{}", answer.err);
}
