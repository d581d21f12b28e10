//! Payout instructions without headings, as generators for banks write them: `H|…`, `D|…`, `T|…` (file-formats.md §11).

/// The same rows under headings: `H` becomes the heading, `T` the total row; `None` when the text is of another kind.
pub fn as_table(text: &str) -> Option<String> {
    let kinds = |line: &str| line.split_once('|').map(|(kind, _)| kind.trim().to_owned());
    let mut filled = text.lines().filter(|line| !line.trim().is_empty());
    if kinds(filled.next()?)? != "H" || !filled.all(|line| kinds(line).is_some_and(|kind| kind == "D" || kind == "T")) {
        return None;
    }
    let row = |line: &str| {
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        match cells[0] {
            "H" => "类型|序号|收款账号|收款人姓名|收款开户行|金额|币种|备注".to_owned(),
            "T" => format!("合计|{}||||{}", cells.get(1).unwrap_or(&""), cells.get(2).unwrap_or(&"")),
            _ => line.to_owned(),
        }
    };
    Some(text.lines().map(|line| row(line) + "\n").collect())
}
