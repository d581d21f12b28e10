//! What is not wrong in the parameter files but should be known before anybody relies on it.

use model::Date;

use super::Law;

/// A figure checked longer ago than this should be looked up again.
const CHECK_AGAIN_DAYS: i64 = 400;

impl Law {
    /// One Chinese line for each remark, by parameter.
    pub fn remarks(&self, today: Date) -> Vec<String> {
        let mut remarks = Vec::new();
        for parameter in self.parameters() {
            let mut remark = |text: String| remarks.push(format!("{} `{}`（{}）：{text}", parameter.file, parameter.name, parameter.title));
            if !parameter.confirmed {
                remark("出处未核实，请在使用前核对原文；核实后删去 confirmed = false".to_owned());
            }
            if parameter.values.iter().all(|dated| !dated.scope.is_general()) {
                remark("只有限定地区或投资性质的数值：其他项目无法判断（unknown）".to_owned());
            }
            let general = parameter.values.iter().filter(|dated| dated.scope.is_general());
            if let Some(first) = general.filter_map(|dated| dated.from).min().filter(|first| *first > today) {
                remark(format!("{first} 才生效，在此之前无法判断（unknown）"));
            }
            let age = (today - parameter.checked_on).num_days();
            if age > CHECK_AGAIN_DAYS {
                remark(format!("上次核对是 {}，已超过一年，请重新核对是否仍然有效", parameter.checked_on));
            }
        }
        remarks
    }
}
