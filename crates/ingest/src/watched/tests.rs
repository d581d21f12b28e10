use std::fs::File;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use model::Date;
use store::{Store, Vault};

use super::*;
use crate::{ImportOptions, Limits, import_found};

const NOON: SystemTime = SystemTime::UNIX_EPOCH;
const PROJECTS: &str = "项目编码,项目名称,建设单位,施工总承包单位,施工合同额,开工日期,项目状态,劳资专管员\n\
    99999920240101001,测试县安置房一期,测试建设投资有限公司,测试建筑有限公司,56000000.00,2024-01-01,在建,测试专管\n";
const HEADINGS: &str = "项目编码,分包单位,班组名称,工资所属月份,姓名,身份证号,应发工资,实发工资";
const FAULTY: &str = "99999920240101001,测试劳务有限公司,一班,2024-03,测试工人一,999999199001010016,100,约九十\n\
    99999920240101001,测试劳务有限公司,一班,2024-03,测试工人二,999999198802290026,90,90\n";

fn after(seconds: u64) -> SystemTime {
    NOON + Duration::from_secs(1_000_000 + seconds)
}

fn write(path: &Path, text: &str, at: SystemTime) {
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, text).unwrap();
    File::options().write(true).open(path).unwrap().set_modified(at).unwrap();
}

fn watched(dir: &Path, settle: u64) -> Watched {
    Watched { dir: dir.to_owned(), settle: Duration::from_secs(settle), moves: true }
}

fn names<'p>(dir: &Path, paths: impl IntoIterator<Item = &'p PathBuf>) -> Vec<String> {
    paths.into_iter().map(|path| path.strip_prefix(dir).unwrap().display().to_string()).collect()
}

fn found(dir: &Path, look: &Look) -> Vec<String> {
    names(dir, look.found.iter().map(|found| &found.path))
}

/// All files below a folder, hidden ones too.
fn tree(dir: &Path) -> Vec<String> {
    let (mut files, mut folders) = (Vec::new(), vec![dir.to_owned()]);
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap().flatten() {
            if entry.file_type().unwrap().is_dir() { folders.push(entry.path()) } else { files.push(entry.path()) }
        }
    }
    files.sort();
    names(dir, &files)
}

#[test]
fn a_file_is_complete_when_nobody_has_written_to_it_for_a_while() {
    let dir = tempfile::tempdir().unwrap();
    write(&dir.path().join("old.csv"), "x", after(0));
    write(&dir.path().join("young.csv"), "x", after(70));
    write(&dir.path().join("growing.csv"), "x", after(75));
    write(&dir.path().join("other clock.csv"), "x", after(9_999));
    let watched = watched(dir.path(), 60);
    let first = watched.look(after(80)).unwrap();
    assert_eq!(found(dir.path(), &first), ["old.csv"]);
    assert_eq!(names(dir.path(), &first.arriving), ["growing.csv", "other clock.csv", "young.csv"]);
    assert_eq!(first.wait, Some(Duration::from_mins(1)), "of what comes from another clock nothing is known yet");
    write(&dir.path().join("growing.csv"), "xy", after(130));
    let second = watched.look_after(&first, after(140)).unwrap();
    assert_eq!(found(dir.path(), &second), ["old.csv", "other clock.csv", "young.csv"]);
    assert_eq!(names(dir.path(), &second.arriving), ["growing.csv"]);
    let at_once = Watched { settle: Duration::ZERO, ..watched };
    assert_eq!(at_once.look(after(80)).unwrap().arriving.len(), 0);
}

#[test]
fn unfinished_transfers_are_left_alone_until_they_have_their_final_name() {
    let dir = tempfile::tempdir().unwrap();
    for name in ["a.csv.part", "b.csv.FILEPART", "c.tmp", "~$d.xlsx", ".e.csv", "子/f.xlsx.partial", "done/g.csv", "rejected/h.csv"] {
        write(&dir.path().join(name), "x", after(79));
    }
    let watched = watched(dir.path(), 60);
    let first = watched.look(after(80)).unwrap();
    assert_eq!((found(dir.path(), &first), first.wait), (vec![], None));
    std::fs::rename(dir.path().join("a.csv.part"), dir.path().join("a.csv")).unwrap();
    write(&dir.path().join("new.csv"), "x", after(82));
    let second = watched.look_after(&first, after(83)).unwrap();
    assert_eq!((found(dir.path(), &second), names(dir.path(), &second.arriving)), (vec!["a.csv".to_owned()], vec!["new.csv".to_owned()]));
    let stays = Watched { moves: false, ..watched };
    let all = stays.look(after(200)).unwrap();
    assert_eq!(
        found(dir.path(), &all),
        ["a.csv", "done/g.csv", "new.csv", "rejected/h.csv"],
        "where nothing is moved these are plain folders"
    );
}

#[test]
fn what_is_no_file_is_told_and_not_followed() {
    let dir = tempfile::tempdir().unwrap();
    write(&dir.path().join("工资.xlsx/x.csv"), "x", after(0));
    std::os::unix::fs::symlink("/", dir.path().join("out")).unwrap();
    let _pipe = std::os::unix::net::UnixListener::bind(dir.path().join("y.csv")).unwrap();
    let look = watched(dir.path(), 60).look(after(80)).unwrap();
    let told: Vec<bool> = look.found.iter().map(|found| found.refused.is_some()).collect();
    assert_eq!(found(dir.path(), &look), ["out", "y.csv", "工资.xlsx/x.csv", "工资.xlsx"]);
    assert_eq!(told, [true, true, false, true]);
}

struct Desk {
    home: tempfile::TempDir,
    inbox: PathBuf,
    store: Store,
}

impl Desk {
    async fn new() -> Self {
        let home = tempfile::tempdir().unwrap();
        let inbox = home.path().join("inbox");
        std::fs::create_dir(&inbox).unwrap();
        let vault = Arc::new(Vault::open_or_create(home.path()).unwrap().0);
        let url = format!("sqlite:{}", home.path().join("anxin.db").display());
        let store = Store::connect(&url, home.path(), vault).await.unwrap();
        Self { home, inbox, store }
    }

    fn put(&self, name: &str, text: &str) {
        write(&self.inbox.join(name), text, after(0));
    }

    async fn import(&self) -> (Look, crate::ImportReport) {
        let look = watched(&self.inbox, 60).look(after(80)).unwrap();
        let day: Date = "2024-05-01".parse().unwrap();
        let options = ImportOptions {
            source: "folder".to_owned(),
            received_at: day.and_hms_opt(8, 0, 0).unwrap().and_utc(),
            received_on: day,
            mapping: None,
            keep_archive: true,
            limits: Limits::default(),
            only: None,
            region: None,
        };
        let report = import_found(&self.store, look.found.clone(), &options, &|_| {}).await.unwrap();
        (look, report)
    }

    async fn round(&self) -> Aside {
        let (look, report) = self.import().await;
        watched(&self.inbox, 60).set_aside(&look.found, &report)
    }

    fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.inbox.join(name)).unwrap()
    }
}

#[tokio::test]
async fn files_are_put_aside_with_a_report_and_nothing_is_overwritten() {
    let desk = Desk::new().await;
    let faulty = format!("{HEADINGS}\n{FAULTY}");
    desk.put("项目.csv", PROJECTS);
    desk.put("三月/工资.csv", &faulty);
    desk.put("扫描件.pdf", "%PDF-1.7 x");
    let aside = desk.round().await;
    assert_eq!((aside.done, aside.rejected, aside.failed.len()), (1, 2, 0), "{aside:?}");
    let expected =
        ["done/项目.csv", "done/项目.csv.报告.txt", "rejected/三月/工资.csv", "rejected/三月/工资.csv.报告.txt", "rejected/扫描件.pdf"];
    assert_eq!(tree(&desk.inbox)[..5], expected);
    let told = desk.read("rejected/三月/工资.csv.报告.txt");
    for part in ["采用 1 行，退回 1 行", "第 2 行“实发工资”列", "约九十", "改法：", "重新放进收件目录"] {
        assert!(told.contains(part), "{part} is not in {told}");
    }
    assert!(!told.contains("999999199001010016") && !told.contains("999999198802290026"), "{told}");
    assert!(desk.read("done/项目.csv.报告.txt").contains("全部采用"));
    assert_eq!(desk.round().await, Aside::default(), "what was put aside is not read again");
    // Mended, it is new; under the same name it gets a number.
    desk.put("三月/工资.csv", &faulty);
    desk.put("项目.csv", &PROJECTS.replace("在建", "停工"));
    let aside = desk.round().await;
    assert_eq!((aside.done, aside.rejected), (1, 1));
    assert!(desk.read("done/项目.csv").contains("在建") && desk.read("done/项目-2.csv").contains("停工"));
    assert_eq!(desk.read("rejected/三月/工资-2.csv"), faulty);
}

#[tokio::test]
async fn whatever_moment_it_was_killed_at_the_next_round_ends_the_same() {
    let plain = Desk::new().await;
    plain.put("项目.csv", PROJECTS);
    plain.round().await;
    // Killed after the import: the bytes are known, and moved now.
    let desk = Desk::new().await;
    desk.put("项目.csv", PROJECTS);
    desk.import().await;
    desk.round().await;
    assert_eq!((tree(&desk.inbox), desk.read("done/项目.csv.报告.txt")), (tree(&plain.inbox), plain.read("done/项目.csv.报告.txt")));
    // Killed with the report written and the file not moved.
    let desk = Desk::new().await;
    desk.put("项目.csv", PROJECTS);
    std::fs::write(desk.inbox.join(".报告.part"), plain.read("done/项目.csv.报告.txt")).unwrap();
    desk.round().await;
    assert_eq!(tree(&desk.inbox), tree(&plain.inbox));
    // Killed with the file moved and the report not.
    let desk = Desk::new().await;
    desk.put("done/项目.csv", PROJECTS);
    std::fs::write(desk.inbox.join(".报告.part"), plain.read("done/项目.csv.报告.txt")).unwrap();
    desk.round().await;
    assert_eq!(tree(&desk.inbox), tree(&plain.inbox));
}

#[tokio::test]
async fn a_file_that_cannot_be_moved_stays_and_is_told() {
    let desk = Desk::new().await;
    desk.put("项目.csv", PROJECTS);
    std::os::unix::fs::symlink(desk.home.path(), desk.inbox.join("done")).unwrap();
    let aside = desk.round().await;
    assert_eq!((aside.done, tree(&desk.inbox).contains(&"项目.csv".to_owned())), (0, true));
    assert!(aside.failed[0].contains("项目.csv") && aside.failed[0].contains("不是文件夹"), "{aside:?}");
    assert!(!desk.home.path().join("项目.csv").exists(), "the link is not followed");
}

#[tokio::test]
async fn what_has_changed_since_it_was_read_stays_for_the_next_round() {
    let desk = Desk::new().await;
    desk.put("项目.csv", PROJECTS);
    let (look, report) = desk.import().await;
    desk.put("项目.csv", &PROJECTS.replace("在建", "停工"));
    let aside = watched(&desk.inbox, 60).set_aside(&look.found, &report);
    assert_eq!((aside, tree(&desk.inbox)), (Aside::default(), vec!["项目.csv".to_owned()]));
    desk.round().await;
    assert!(desk.read("done/项目.csv").contains("停工"));
}

#[tokio::test]
async fn names_that_leave_no_room_for_a_report_are_put_aside_too() {
    let desk = Desk::new().await;
    let name = format!("{}.csv", "长".repeat(83));
    for _ in 0..3 {
        desk.put(&name, PROJECTS);
        let aside = desk.round().await;
        assert_eq!((aside.done, aside.failed), (1, vec![]));
    }
    assert_eq!(tree(&desk.inbox).len(), 6);
}
