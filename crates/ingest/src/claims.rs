//! What titles, the worksheet and the file name claim of all rows: a row that says otherwise is rejected, never overruled in silence.

use model::{Month, ProjectCode};

use crate::cell::CellFault;

pub struct Claim<T> {
    pub value: T,
    /// Where it stands, as the report says it.
    pub origin: &'static str,
    /// Certain enough to be held against a row's own cell.
    pub is_firm: bool,
}

#[derive(Default)]
pub struct Claims {
    pub months: Vec<Claim<Month>>,
    pub codes: Vec<Claim<ProjectCode>>,
}

impl Claims {
    /// What speaks against the month of a row; `None` for `own` where the row has none itself.
    pub fn month_fault(&self, own: Option<Month>) -> Option<CellFault> {
        fault(&self.months, own.as_ref(), ("月份", "month_from"), |month| month.chinese())
    }

    /// The same for the project code.
    pub fn code_fault(&self, own: Option<&ProjectCode>) -> Option<CellFault> {
        fault(&self.codes, own, ("项目编码", "project_from"), ToString::to_string)
    }
}

/// `noun` is what is claimed, `key` the setting of a saved mapping that says which place counts.
fn fault<T: PartialEq>(claims: &[Claim<T>], own: Option<&T>, (noun, key): (&str, &str), shown: impl Fn(&T) -> String) -> Option<CellFault> {
    let Some(own) = own else {
        let first = claims.first()?;
        let other = claims.iter().find(|claim| claim.value != first.value)?;
        let reason = format!(
            "{}写的{noun}是 {}，{}写的却是 {}，表中又没有写，无法确定是哪一个",
            first.origin,
            shown(&first.value),
            other.origin,
            shown(&other.value)
        );
        return Some(CellFault::new(reason, format!("请改正其中一处，或在表中加一列写明{noun}；这个来源只认一处的，在对应关系中写 {key}")));
    };
    let claim = claims.iter().find(|claim| claim.is_firm && claim.value != *own)?;
    let reason = format!("该行的{noun}是 {}，{}写的却是 {}，两处不一致", shown(own), claim.origin, shown(&claim.value));
    Some(CellFault::new(
        reason,
        format!("请核对后改正该行或{}，使两处一致，再重新提供；这个来源只认一处的，在对应关系中写 {key}", claim.origin),
    ))
}

#[cfg(test)]
mod tests {
    use crate::fixtures::read_bytes;
    use crate::report::SheetReport;

    const HEADINGS: &str = "项目编码,工资所属月份,姓名,身份证号,应发工资,实发工资,是否补发,补发月份";
    const MARCH: &str = "99999920240101001,2024-03,测试工人一,999999199001010016,100,100,,";
    const APRIL: &str = "99999920240101001,2024-04,测试工人二,999999198802290025,100,100,,";

    fn read(name: &str, lines: &[&str]) -> SheetReport {
        read_bytes(name, (lines.join("\n") + "\n").as_bytes()).reports.remove(0)
    }

    fn counts(report: &SheetReport) -> (u32, u32) {
        (report.kept, report.rejected)
    }

    #[test]
    fn a_row_of_another_month_than_the_title_is_rejected_and_both_are_named() {
        let report = read("x.csv", &["测试县安置房一期2024年3月农民工工资支付表", HEADINGS, MARCH, APRIL]);
        assert_eq!(counts(&report), (1, 1), "{:?}", report.rejects);
        let reject = &report.rejects[0];
        assert_eq!((reject.row, reject.column.as_str(), reject.value.as_str()), (4, "工资所属月份", "2024-04"));
        for part in ["2024年4月", "标题行", "2024年3月"] {
            assert!(reject.reason.contains(part), "{reject:?}");
        }
        assert!(reject.mend.contains("标题行"), "{reject:?}");
    }

    #[test]
    fn a_file_named_after_a_month_holds_for_its_rows() {
        assert_eq!(counts(&read("工资表_2024-03.csv", &[HEADINGS, MARCH, APRIL])), (1, 1));
        for name in ["2024-03.csv", "2024年3月报送.csv", "工资表2024年3月导出.csv", "工资表_2024-03-31.csv", "工资表2024年1-3月.csv"]
        {
            assert_eq!(counts(&read(name, &[HEADINGS, MARCH, APRIL])), (2, 0), "{name}");
        }
    }

    #[test]
    fn dates_of_posting_ranges_and_remarks_claim_nothing() {
        for title in [
            "编制日期：2024年4月3日",
            "公示日期 2024年4月",
            "2024年4月5日",
            "2024年1-3月农民工工资支付表",
            "2024年第一季度工资表",
            "2024年农民工工资支付表",
            "测试县安置房一期 2024年5月",
            "2024年5月补发工资表",
        ] {
            let report = read("x.csv", &[title, HEADINGS, MARCH, APRIL]);
            assert_eq!(counts(&report), (2, 0), "{title}: {:?}", report.rejects);
        }
    }

    #[test]
    fn back_pay_may_be_of_any_month_and_the_row_below_it_may_not() {
        let back_pay = "99999920240101001,2024-02,测试工人一,999999199001010016,100,100,是,2024-02";
        let named = "99999920240101001,2024-02,测试工人一,999999199001010016,100,100,,2024-01";
        let plain = "99999920240101001,2024-02,测试工人二,999999198802290025,100,100,,";
        let report = read("x.csv", &["2024年3月工资表", HEADINGS, back_pay, named, plain]);
        assert_eq!((counts(&report), report.rejects[0].row), ((2, 1), 5), "{:?}", report.rejects);
    }

    #[test]
    fn a_row_of_another_project_than_the_title_is_rejected_but_names_decide_nothing() {
        let report = read("99999920240101001_工资表.csv", &[HEADINGS, MARCH, &MARCH.replace("0101001", "0101002")]);
        assert_eq!(counts(&report), (1, 1));
        assert!(report.rejects[0].reason.contains("文件名写的却是 99999920240101001"), "{:?}", report.rejects);
        let headings = HEADINGS.replace("项目编码", "项目名称");
        let row = MARCH.replace("99999920240101001", "测试县安置房");
        assert_eq!(counts(&read("x.csv", &["测试县安置房一期2024年3月工资表", &headings, &row])), (1, 0));
        assert_eq!(counts(&read("x.csv", &["测试县安置房一期2024年3月工资表", HEADINGS, MARCH])), (1, 0));
    }

    #[test]
    fn titles_and_file_names_that_disagree_are_asked_about_where_no_column_decides() {
        let headings = "项目编码,姓名,身份证号,应发工资,实发工资";
        let row = "99999920240101001,测试工人一,999999199001010016,100,100";
        let report = read("工资表_2024-04.csv", &["2024年3月工资表", headings, row]);
        assert_eq!(counts(&report), (0, 1));
        for part in ["标题行", "2024年3月", "文件名", "2024年4月"] {
            assert!(report.rejects[0].reason.contains(part), "{:?}", report.rejects);
        }
        // A file is often named after the month it was sent in.
        for name in ["2024-04.csv", "工资表2024年4月导出.csv", "工资表_2024-03.csv"] {
            let report = read(name, &["2024年3月工资表", headings, row]);
            assert_eq!((counts(&report), report.months.len()), ((1, 0), 1), "{name}");
            assert_eq!(report.months[0].to_string(), "2024-03", "{name}");
        }
    }

    #[test]
    fn the_month_of_a_payout_is_the_wages_not_the_payments() {
        let headings = "项目编码,工资所属月份,付款账号,代发批次号,收款人姓名,收款账号,金额,交易日期,处理结果";
        let row = "99999920240101001,2024-03,999999000001,B1,测试工人一,9999990000000000014,100,2024-04-10,成功";
        let report = read("银行代发_2024-04.csv", &["2024年4月代发明细", headings, row]);
        assert_eq!((counts(&report), report.months[0].to_string()), ((1, 0), "2024-03".to_owned()), "{:?}", report.rejects);
        let report = read("银行代发_2024-04.csv", &[&headings.replace("工资所属月份,", ""), &row.replace("2024-03,", "")]);
        assert_eq!((counts(&report), report.months.len()), ((1, 0), 0), "{:?}", report.rejects);
    }

    #[test]
    fn dates_over_a_matrix_must_be_those_of_its_title() {
        let days: Vec<String> = (1..=20).map(|day| format!("2024-03-{day:02}")).collect();
        let headings = format!("项目编码,姓名,身份证号,{}", days.join(","));
        let row = "99999920240101001,测试工人一,999999199001010016,1,1";
        assert_eq!(counts(&read("x.csv", &["2024年3月考勤表", &headings, row])), (1, 0));
        let report = read("x.csv", &["2024年4月考勤表", &headings, row]);
        assert_eq!(counts(&report), (0, 1), "{:?}", report.rejects);
    }
}
