//! Code tables (§6) as far as the county's data carry them; a code that is not listed is kept as it came.

/// Codes with their Chinese names, in the order of the description.
#[derive(Debug, Clone, Copy)]
pub struct Table(&'static [(&'static str, &'static str)]);

impl Table {
    /// The name of a code; zeros lost in front are forgiven.
    pub fn name(self, code: &str) -> Option<&'static str> {
        let code = code.trim();
        let exact = self.0.iter().find(|(known, _)| *known == code);
        let bare = |text: &'static str| text.trim_start_matches('0');
        let found = exact.or_else(|| {
            let digits = !code.is_empty() && code.bytes().all(|b| b.is_ascii_digit());
            self.0.iter().find(|(known, _)| digits && bare(known) == code.trim_start_matches('0'))
        });
        found.map(|(_, name)| *name)
    }

    /// The code of a name.
    pub fn code(self, name: &str) -> Option<&'static str> {
        self.0.iter().find(|(_, known)| *known == name.trim()).map(|(code, _)| *code)
    }

    pub fn has(self, code: &str) -> bool {
        self.0.iter().any(|(known, _)| *known == code)
    }

    pub fn all(self) -> &'static [(&'static str, &'static str)] {
        self.0
    }
}

/// T1 项目分类.
pub static PROJECT_CATEGORY: Table = Table(&[
    ("01", "房屋建筑工程"),
    ("02", "市政公用工程"),
    ("03", "机电安装工程"),
    ("04", "铁路工程"),
    ("05", "公路工程"),
    ("06", "港口与航道工程"),
    ("07", "水利水电工程"),
    ("08", "电力工程"),
    ("09", "矿山工程"),
    ("10", "冶炼工程"),
    ("11", "化工石油工程"),
    ("12", "通信工程"),
    ("99", "其他"),
]);

/// T2 项目状态.
pub static PROJECT_STATUS: Table = Table(&[("001", "筹备"), ("002", "立项"), ("003", "在建"), ("004", "完工"), ("005", "停工")]);

/// T4 参建单位类型.
pub static CORP_ROLE: Table = Table(&[
    ("001", "专业分包"),
    ("002", "设备分包"),
    ("003", "材料分包"),
    ("004", "后勤服务"),
    ("005", "特殊设备"),
    ("006", "劳务分包"),
    ("007", "监理"),
    ("008", "建设单位"),
    ("009", "总承包单位"),
    ("010", "勘察"),
    ("011", "设计"),
    ("012", "其它"),
]);

/// T5 证件类型.
pub static ID_TYPE: Table = Table(&[
    ("01", "居民身份证"),
    ("02", "军官证"),
    ("03", "武警警官证"),
    ("04", "士兵证"),
    ("05", "军队离退休干部证"),
    ("06", "残疾人证"),
    ("07", "残疾军人证"),
    ("08", "护照"),
    ("09", "港澳同胞回乡证"),
    ("10", "港澳居民来往内地通行证"),
    ("11", "往来港澳通行证"),
    ("12", "台湾居民来往大陆通行证"),
    ("13", "大陆居民往来台湾通行证"),
    ("14", "外交官证"),
    ("15", "领事馆证"),
    ("16", "海员证"),
    ("17", "香港身份证"),
]);

/// T6 银行代码, the domestic ones; there is none for 平安, whose customers use 307.
pub static BANK: Table = Table(&[
    ("001", "银联商务"),
    ("100", "邮储银行（收单）"),
    ("102", "工商银行"),
    ("103", "农业银行"),
    ("104", "中国银行"),
    ("105", "建设银行"),
    ("201", "国家开发银行"),
    ("202", "进出口银行"),
    ("203", "农业发展银行"),
    ("301", "交通银行"),
    ("302", "中信银行"),
    ("303", "光大银行"),
    ("304", "华夏银行"),
    ("305", "民生银行"),
    ("306", "广发银行"),
    ("307", "深圳发展银行"),
    ("308", "招商银行"),
    ("309", "兴业银行"),
    ("310", "浦发银行"),
    ("311", "上海银联商务"),
    ("313", "城市商业银行"),
    ("314", "农村商业银行"),
    ("315", "恒丰银行"),
    ("316", "浙商银行"),
    ("317", "农村合作银行"),
    ("318", "渤海银行"),
    ("319", "徽商银行"),
    ("320", "村镇银行"),
    ("401", "城市信用社"),
    ("402", "农村信用社"),
    ("403", "邮储银行（代收付）"),
]);

/// T7 工种.
pub static WORK_TYPE: Table = Table(&[
    ("010", "砌筑工"),
    ("020", "钢筋工"),
    ("030", "架子工"),
    ("040", "混凝土工"),
    ("050", "模板工"),
    ("060", "机械设备安装工"),
    ("070", "通风工"),
    ("080", "安装起重工"),
    ("090", "安装钳工"),
    ("100", "电气设备安装调试工"),
    ("110", "管道工"),
    ("120", "变电安装工"),
    ("130", "建筑电工"),
    ("140", "司泵工"),
    ("150", "挖掘铲运和桩工机械司机"),
    ("160", "桩机操作工"),
    ("170", "起重信号工"),
    ("180", "建筑起重机械安装拆卸工"),
    ("190", "装饰装修工"),
    ("200", "室内成套设施安装工"),
    ("210", "建筑门窗幕墙安装工"),
    ("220", "幕墙制作工"),
    ("230", "防水工"),
    ("240", "木工"),
    ("250", "石工"),
    ("270", "电焊工"),
    ("280", "爆破工"),
    ("290", "除尘工"),
    ("300", "测量放线工"),
    ("310", "线路架设工"),
    ("320", "古建石工"),
    ("330", "古建瓦工"),
    ("340", "古建彩画工"),
    ("350", "古建木工"),
    ("360", "古建油工"),
    ("380", "金属工"),
    ("390", "杂工"),
    ("900", "管理人员"),
    ("1000", "其他"),
]);

/// T14 通行方式.
pub static PASSAGE: Table = Table(&[
    ("001", "人脸"),
    ("002", "虹膜"),
    ("003", "指纹"),
    ("004", "掌纹"),
    ("005", "身份证"),
    ("006", "实名卡"),
    ("007", "异常清退"),
    ("008", "一键开闸"),
    ("009", "应急通道"),
    ("010", "二维码"),
    ("011", "其他"),
]);

/// What bank cores call an account's kind (§8.1).
pub static ACCOUNT_KIND: Table = Table(&[("0", "专户"), ("1", "保证金户"), ("2", "其他")]);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zeros_lost_in_front_are_forgiven_and_unknown_codes_are_not_guessed() {
        assert_eq!(CORP_ROLE.name("9"), Some("总承包单位"));
        assert_eq!(WORK_TYPE.name("20"), Some("钢筋工"));
        assert_eq!((WORK_TYPE.name("260"), WORK_TYPE.name(""), WORK_TYPE.name("钢筋工")), (None, None, None));
        assert_eq!(WORK_TYPE.code("钢筋工"), Some("020"));
        assert_eq!(ACCOUNT_KIND.name("0"), Some("专户"));
    }

    #[test]
    fn every_code_has_one_name() {
        for table in [PROJECT_CATEGORY, PROJECT_STATUS, CORP_ROLE, ID_TYPE, BANK, WORK_TYPE, PASSAGE, ACCOUNT_KIND] {
            for (code, _) in table.all() {
                assert_eq!(table.all().iter().filter(|(other, _)| other == code).count(), 1, "{code}");
            }
        }
    }
}
