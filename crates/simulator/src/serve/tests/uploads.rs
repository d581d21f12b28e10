use platform::{AsyncState, Family, encrypt};
use serde_json::{Value, json};

use super::{Caller, options};

fn worker(caller: &Caller, id: &str) -> Value {
    let sealed = encrypt(id, caller.secret()).expect("32 characters");
    json!({
        "workerName": "测试工人甲", "isTeamLeader": "0", "idCardType": "01", "IDCardNumber": sealed, "workType": "020", "workRole": 20,
        "nation": "汉", "address": "测试县", "politicsType": "13", "cellPhone": "10000000001", "grantOrg": "测试县公安局",
        "headImage": "/9j/AA=="
    })
}

fn poll(caller: &Caller, serial: &str) -> (AsyncState, String) {
    let answer = caller.call("AsyncHandleResult.Query", json!({ "requestSerialCode": serial }));
    answer.outcome(Family::National).expect("a state")
}

/// Uploads and polls to the end.
fn upload(caller: &Caller, method: &str, data: Value) -> (AsyncState, String) {
    let answer = caller.call(method, data);
    let serial = answer.serial().unwrap_or_else(|| panic!("{method}: {}", answer.message));
    assert_eq!(poll(caller, &serial).0, AsyncState::Pending);
    poll(caller, &serial)
}

#[test]
fn an_uploaded_worker_can_be_asked_for_and_not_uploaded_twice() {
    let caller = Caller::of(options());
    let firm = caller.platform.sites[caller.at].firms[0].clone();
    let (state, result) = upload(&caller, "Team.Add", json!({"corpCode": firm.code, "corpName": firm.name, "teamName": "测试新班组"}));
    assert_eq!(state, AsyncState::Succeeded);
    let team = serde_json::from_str::<Value>(&result).expect("JSON as text")["teamSysNo"].clone();
    let (state, reason) = upload(&caller, "Team.Add", json!({"corpCode": firm.code, "corpName": firm.name, "teamName": "测试新班组"}));
    assert_eq!(state, AsyncState::Failed);
    assert!(reason.ends_with(&format!("已存在班组编号为:{team}")), "{reason}");
    let id = "999999199001010016";
    let head = json!({"corpCode": firm.code, "corpName": firm.name, "teamSysNo": team, "teamName": "测试新班组"});
    let with = |list: &str, items: Value| {
        let mut data = head.clone();
        data[list] = items;
        data
    };
    assert_eq!(upload(&caller, "ProjectWorker.Add", with("workerList", json!([worker(&caller, id)]))).0, AsyncState::Succeeded);
    let again = upload(&caller, "ProjectWorker.Add", with("workerList", json!([worker(&caller, id)])));
    assert_eq!(again, (AsyncState::Failed, format!("项目中已存在身份证为{id}的工人")));
    let sealed = encrypt(id, caller.secret()).expect("32 characters");
    let answer = caller.call("ProjectWorker.Query", json!({ "idCardNumber": sealed }));
    let page = answer.page();
    assert_eq!(page.rows.len(), 1);
    assert_eq!(page.rows[0].text("idCardNumber"), Some(sealed.clone()));
    let punch = json!([{"idCardType": "01", "idCardNumber": sealed, "date": "2024-12-19 07:10:00", "direction": "01"}]);
    assert_eq!(upload(&caller, "WorkerAttendance.Add", with("dataList", punch)).0, AsyncState::Succeeded);
    let answer = caller.call("WorkerAttendance.Query", json!({"date": "2024-12-19", "idCardNumber": sealed}));
    assert_eq!(answer.page().rows.len(), 1);
    let stranger = encrypt("999999198802290025", caller.secret()).expect("32 characters");
    let punch = json!([{"idCardType": "01", "idCardNumber": stranger, "date": "2024-12-19 07:10:00", "direction": "01"}]);
    assert_eq!(upload(&caller, "WorkerAttendance.Add", with("dataList", punch)).0, AsyncState::Failed);
}

#[test]
fn a_faulty_upload_is_refused_on_the_spot_with_the_field() {
    let caller = Caller::of(options());
    let firm = caller.platform.sites[caller.at].firms[0].clone();
    let head = json!({"corpCode": firm.code, "corpName": firm.name, "teamSysNo": 1, "teamName": "测试班组", "payMonth": "2025-03"});
    let changed = |field: &str, value: Value| {
        let mut one = worker(&caller, "999999199001010016");
        one[field] = value;
        let mut data = head.clone();
        data["workerList"] = json!([one]);
        data
    };
    let large = "A".repeat(50 * 1024 / 3 * 4 + 8);
    let cases = [
        ("ProjectWorker.Add", changed("headImage", Value::Null), "[workerList][0][headImage]不能为空!"),
        ("ProjectWorker.Add", changed("headImage", large.into()), "[workerList][0][headImage]大小超过限制50KB!"),
        ("ProjectWorker.Add", changed("IDCardNumber", "999999199001010016".into()), "[workerList][0][IDCardNumber]参数值不正确!"),
        ("ProjectWorker.Add", head.clone(), "[payMonth]不能大于今天!"),
        ("Payroll.Add", head.clone(), "[payMonth]不能大于今天!"),
        ("Team.Add", json!({"corpCode": "x", "corpName": "x"}), "[teamName]不能为空!"),
        ("Corp.Upload", json!({"corpCode": "x", "corpName": "x", "areaCode": "9"}), "[areaCode]参数值不正确,请参见行政区划字典表!"),
        ("WorkerEntryExit.Add", changed("date", "2024-12-21".into()), "[workerList][0][type]不能为空!"),
    ];
    for (method, mut data, message) in cases {
        if method == "ProjectWorker.Add" && message.starts_with("[workerList]") || method == "WorkerEntryExit.Add" {
            data["payMonth"] = Value::Null;
        }
        let answer = caller.call(method, data);
        assert_eq!((answer.code.as_str(), answer.message.as_str()), ("-1", message), "{method}");
    }
}
