//! What the folder says of a file that lies in it: the kind of table it takes, and where its projects are.
//!
//! A hint never changes what a table says by itself: it refuses what is not expected, and fills what is not written.

use model::{Body, Dataset};

use crate::cell::FaultKind;
use crate::gather::Part;
use crate::mapping::Saved;
use crate::report::{Note, Tally};
use crate::row::RowFault;

/// Why a table of this kind is refused by a folder that takes another one.
pub fn other_kind(dataset: Dataset, saved: Saved<'_>) -> Option<RowFault> {
    let only = saved.only.filter(|only| *only != dataset)?;
    let (wanted, found) = (only.chinese(), dataset.chinese());
    Some(RowFault {
        column: String::new(),
        value: String::new(),
        reason: format!("这个收件目录只收《{wanted}》，这张表是《{found}》，整张表没有采用").into(),
        mend: format!("请把《{found}》放进收这种表的目录；认错了的，请对照《{wanted}》模板核对表头，或由管理员修改 [[folder]] dataset")
            .into(),
        kind: FaultKind::Cell,
    })
}

/// Projects whose list does not say where they are get the region of the folder; whether any did.
pub fn fill_region(parts: &mut [Part], saved: Saved<'_>, tally: &mut Tally) -> bool {
    let Some(region) = saved.region else { return false };
    let mut filled = 0;
    for part in parts {
        let Body::Project(projects) = &mut part.body else { continue };
        for project in projects.iter_mut().filter(|project| project.area.is_none()) {
            project.area = Some(region.to_owned());
            filled += 1;
        }
    }
    if filled > 0 {
        tally.notes.push(Note::whole(format!("{filled} 个项目没有写项目所在地，按收件目录的 region 记为“{region}”"), ""));
    }
    filled > 0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::read_as_settled;

    const PROJECTS: &str = "项目编码,项目名称,项目所在地,建设单位,施工总承包单位,施工合同额,开工日期,项目状态,劳资专管员\n\
        99999920240101001,测试一,,测试建设,测试建筑,56000000,2024-01-01,在建,测试专管\n\
        99999920240101002,测试二,测试市测试区,测试建设,测试建筑,56000000,2024-01-01,在建,测试专管\n";

    #[test]
    fn a_table_of_another_kind_is_refused_with_both_kinds_named() {
        let saved = Saved { only: Some(Dataset::Payroll), ..Saved::default() };
        let read = read_as_settled("x.csv", PROJECTS.as_bytes(), saved);
        let report = &read.reports[0];
        assert_eq!((report.kept, report.rejected, read.sheets.len(), report.rejects.len()), (0, 2, 0, 1));
        assert!(report.rejects[0].reason.contains("《工资表》") && report.rejects[0].reason.contains("《项目清单》"), "{report:?}");
        let taken = read_as_settled("x.csv", PROJECTS.as_bytes(), Saved { only: Some(Dataset::Project), ..Saved::default() });
        assert_eq!((taken.reports[0].kept, taken.sheets.len()), (2, 2));
    }

    #[test]
    fn the_region_of_the_folder_fills_what_is_not_written_and_nothing_else() {
        let read = read_as_settled("x.csv", PROJECTS.as_bytes(), Saved { region: Some("测试县"), ..Saved::default() });
        let areas: Vec<_> = read
            .sheets
            .iter()
            .filter_map(|sheet| if let Body::Project(lines) = &sheet.body { lines[0].area.as_deref() } else { None })
            .collect();
        assert_eq!(areas, ["测试县", "测试市测试区"]);
        assert!(read.by_region && read.reports[0].notes.iter().any(|note| note.what.contains("1 个项目")), "{:?}", read.reports);
        let without = read_as_settled("x.csv", PROJECTS.as_bytes(), Saved::default());
        assert!(!without.by_region && without.reports[0].notes.is_empty(), "{:?}", without.reports);
    }
}
